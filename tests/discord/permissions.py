"""Who may do what where: bits, and how roles and overwrites add up.

https://discord.com/developers/docs/topics/permissions
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.discord.world import Channel, Guild, User

BITS = {
    "kick_members": 1 << 1,
    "ban_members": 1 << 2,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "change_nickname": 1 << 26,
    "manage_roles": 1 << 28,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
}
ALL = sum(BITS.values())
EVERYONE = (
    "add_reactions view_channel send_messages embed_links attach_files read_message_history "
    "use_external_emojis change_nickname use_application_commands create_public_threads "
    "create_private_threads send_messages_in_threads"
).split()
"""What a new server lets everyone do, as far as it matters here."""


def bits(names: Iterable[str]) -> int:
    """The sum of named permissions. Raises KeyError for a name not in BITS."""
    return sum(BITS[name] for name in set(names))


def in_guild(guild: Guild, user: User) -> int:
    member = guild.members[user.id]
    total = guild.everyone.permissions
    for role in member.roles:
        total |= role.permissions
    return ALL if total & BITS["administrator"] or guild.owner is user else total


def in_channel(channel: Channel, user: User) -> int:
    """What a user may do there; in a DM everything, in a guild without them nothing."""
    guild = channel.guild
    if guild is None:
        return ALL
    if user.id not in guild.members:
        return 0
    total = in_guild(guild, user)
    if total == ALL:
        return ALL
    held = [role.id for role in guild.members[user.id].roles]
    for level in ([guild.id], held, [user.id]):
        overwrites = [channel.rules[key] for key in level if key in channel.rules]
        for overwrite in overwrites:
            total &= ~overwrite.deny
        for overwrite in overwrites:
            total |= overwrite.allow
    return total


def may(channel: Channel, user: User, *names: str) -> bool:
    """Whether the user sees the channel and may do all that is named in it."""
    wanted = bits(("view_channel", *names))
    if channel.is_thread and "send_messages" in names:
        wanted ^= BITS["send_messages"] | BITS["send_messages_in_threads"]
    return in_channel(channel, user) & wanted == wanted
