"""What people say about a finished piece, and what shall come of it: one line a wish.

``=`` every other note kept, ``*`` composed anew, ``<`` the version before, ``|<`` the first one,
``!`` refused. What follows is in the changes, or in the sentence of the refusal. The piece is calm
jazz in D major, 90 BPM, 4/4, 16 bars, for piano, upright bass and drums.
"""

from __future__ import annotations

WISHES = """
slower                                  = 72 BPM instead of 90
a bit faster                            = 99 BPM instead of 90
much slower                             = 60 BPM
way faster                              = 135 BPM
slightly slower                         = 82 BPM
Slower, but just a bit                  = 82 BPM
twice as fast                           = 180 BPM
double time                             = 180 BPM
half time                               = 45 BPM
10% faster                              = 99 BPM
20 bpm slower                           = 70 BPM
faster by 10 bpm                        = 100 BPM
not so fast                             = 72 BPM
way too slow                            = 135 BPM
not too slow                            = 99 BPM
speed it up a bit                       = 99 BPM
slow down to 70                         = 70 BPM
change the tempo to 100                 = 100 BPM
120 bpm                                 = 120 BPM
allegro                                 = 132 BPM
make it fast                            = 140 BPM
make it slow                            = 70 BPM
10 times faster                         = 300 BPM
slwoer                                  = 72 BPM
400 bpm                                 ! between 20 and 300 BPM
don't make it slower                    ! say what shall be different
darker                                  * darker: nostalgic instead of calm
a bit darker                            * darker than before
much darker                             * D minor instead of D major
much darker, but keep the key           * darker and more excited: melancholic instead of calm
happier                                 * brighter and more excited
hapier                                  * brighter and more excited
more energetic                          * more excited
not so calm                             * more excited
too calm                                * more excited
more tense                              * darker and more excited
more romantic                           * romantic instead of calm
gloomier                                * melancholic instead of calm
like this but sad                       * sad instead of calm
calm                                    ! it is calm already
slower, darker, add strings             * 72 BPM | darker | strings added
slower and darker                       * 72 BPM | darker
too busy and too fast                   * 72 BPM | density 1 of 7
add strings                             * strings added
add stirngs                             * strings added
strings                                 * strings added
add another violin                      * violin added
add piano                               ! piano already plays
more drums, slower                      = 72 BPM
no drums                                = drums left out
without drums                           = drums left out
no more drums                           = drums left out
drumless                                = drums left out
drop the piano                          = piano left out
mute the bass                           = upright bass left out
take the drums out                      = drums left out
I love it, but without the drums please = drums left out
no flute, slower                        = 72 BPM
no flute                                ! there is no flute to leave out
no piano, no bass, no drums             ! all that plays
only piano                              = piano alone
just the piano and bass                 = piano and upright bass alone
only violin                             * violin alone
guitar instead of piano                 = electric guitar instead of piano
instead of the piano use a harp         = harp instead of piano
replace the piano with a harp           = harp instead of piano
swap piano for choir                    = choir instead of piano
make the piano a rhodes                 = electric piano instead of piano
play the piano part on guitar           = electric guitar instead of piano
get rid of the bass, a cello instead    = cello instead of upright bass
flute instead of drums                  * flute instead of drums
play it on violin                       ! say what violin shall replace
swap strings for choir                  ! strings cannot be replaced
swap piano and bass                     ! cannot change places
in E major                              = E major instead of D major
in E                                    = E major instead of D major
transpose to F                          = F major instead of D major
in A minor                              * A minor instead of D major
in minor                                * D minor instead of D major
D major                                 ! it is in D major already
change the key                          ! say which tempo, key
up a tone                               = E major
down 3 semitones                        = B major
half a step down                        = C# major
up a minor third                        = F major
an octave lower                         = an octave lower
trnaspose up an octave                  = an octave higher
higher                                  = E major
transpose up 40 semitones               ! two octaves at most
as a waltz                              * 3/4 instead of 4/4
in 6/8                                  * 6/8 instead of 4/4
make it rock                            * rock instead of jazz
as bossa nova                           * latin instead of jazz | 110 BPM
bebop                                   * 180 BPM | composed anew
jazz                                    ! it is jazz already
not jazz                                ! say which genre
longer                                  * 24 bars instead of 16
a bit longer                            * 20 bars
shorter                                 * 12 bars
twice as long                           * 32 bars
half as long                            * 8 bars
8 bars more                             * 24 bars
add 8 bars                              * 24 bars
4 bars shorter                          * 12 bars
10 seconds longer                       * 20 bars
30 seconds                              * 11 bars
make it short                           * 6 bars
16 bars                                 ! it has 16 bars already
busier                                  * density 5 of 7
less busy                               * density 1 of 7
sparser                                 * density 1 of 7
richer                                  * polyphony 5 of 7
thinner                                 * polyphony 1 of 7
again                                   * the same wishes, composed anew
another one                             * composed anew
something else                          * composed anew
surprise me                             * composed anew
again but slower                        * 72 BPM | composed anew
seed 7                                  * seed 7
undo                                    < back to the version before
go back                                 < back to the version before
the previous one                        < back to the version before
undo, and slower                        < back to the version before
the first one again                     |< back to the first version
back to the original                    |< back to the first version
louder                                  ! loudness cannot be asked yet
louder and slower                       = 72 BPM
more reverb                             ! effects and the mix cannot be asked yet
keep the melody                         ! a melody cannot be kept in a new arrangement
keep the melody but slower              = 72 BPM
keep the melody, add strings            ! the notes cannot be kept
different melody                        ! melody, chords and rhythm cannot be changed
change bar 5                            ! single bars and sections cannot be changed yet
a longer intro                          ! single bars and sections cannot be changed yet
faster at the end                       ! changes in the course of a piece
same tempo but darker                   * darker
blarg                                   ! "slower", "darker"
thanks!                                 ! no wish for a change was understood
"""
