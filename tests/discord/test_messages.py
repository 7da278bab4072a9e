import discord
import pytest

from tests.discord import LoopbackDiscord
from tests.discord.clients import Keys, online, place, sound

pytestmark = pytest.mark.asyncio


async def test_files_pictures_and_embeds_are_sent_edited_and_read_back() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            embed = discord.Embed(title="A piece", colour=0x336699, url="https://example.org")
            embed.add_field(name="Key", value="C").set_image(url="attachment://roll.png")
            files = [
                discord.File(sound("mp3"), "piece.mp3", description="the sound"),
                discord.File(sound("png"), "roll.png"),
            ]
            sent = await place(bot, channel).send("here", embed=embed, files=files, view=Keys())
            stored = loopback.message(sent)
            assert [file.data for file in stored.attachments] == [
                sound("mp3").read(),
                sound("png").read(),
            ]
            # A picture inside an embed is not listed beside it.
            assert [file.filename for file in sent.attachments] == ["piece.mp3"]
            assert sent.attachments[0].description == "the sound"
            assert await sent.attachments[0].read() == sound("mp3").read()
            assert sent.embeds[0].image.url == stored.attachments[1].url
            again = await place(bot, channel).fetch_message(sent.id)
            assert (again.content, len(again.components)) == ("here", 3)
            new = discord.File(sound("mid"), "piece.mid")
            edited = await sent.edit(content="there", attachments=[*sent.attachments, new])
            assert [file.filename for file in edited.attachments] == ["piece.mp3", "piece.mid"]
            assert [file.data for file in stored.attachments[-1:]] == [sound("mid").read()]
            await sent.delete()
            assert stored.deleted
            with pytest.raises(discord.NotFound) as gone:
                await place(bot, channel).fetch_message(sent.id)
            assert gone.value.code == 10008
        assert loopback.problems == []


async def test_a_layout_carries_its_text_and_pictures_in_components() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            view = discord.ui.LayoutView()
            box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
            box.add_item(discord.ui.TextDisplay("# A piece"))
            box.add_item(discord.ui.Separator())
            box.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png")))
            box.add_item(discord.ui.File("attachment://a.mid"))
            thumbnail: discord.ui.Thumbnail[discord.ui.LayoutView] = discord.ui.Thumbnail(
                "attachment://a.png"
            )
            box.add_item(discord.ui.Section("words", accessory=thumbnail))
            view.add_item(box)
            files = [discord.File(sound(name), name) for name in ("a.png", "a.mid")]
            sent = await place(bot, channel).send(view=view, files=files)
            assert sent.flags.components_v2
            with pytest.raises(discord.HTTPException) as both:
                await bot.http.request(
                    discord.http.Route(
                        "POST", "/channels/{channel_id}/messages", channel_id=channel.id
                    ),
                    json={"content": "x", "flags": 1 << 15, "components": view.to_components()},
                )
            assert both.value.code == 50035
        assert loopback.problems == []
