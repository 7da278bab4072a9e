"""The world as JSON, the way API version 10 writes it."""

from __future__ import annotations

from tests.discord import permissions
from tests.discord.clock import born
from tests.discord.world import Channel, Guild, Json, Member, Role, User


def user(who: User) -> Json:
    return {
        "id": str(who.id),
        "username": who.name,
        "global_name": None if who.bot else who.name.title(),
        "discriminator": "7001" if who.bot else "0",
        "avatar": None,
        "bot": who.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user(me: User) -> Json:
    return user(me) | {"mfa_enabled": True, "locale": me.locale, "verified": True, "email": None}


def application(me: User, owner: User, guilds: int, flags: int) -> Json:
    return {
        "id": str(me.id),
        "name": me.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(me),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def role(one: Role) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def bare_member(one: Member) -> Json:
    """A member without the user, as it stands beside one."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": one.joined,
        "nick": one.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(held.id) for held in one.roles],
        "mute": False,
        "deaf": False,
    }


def member(one: Member) -> Json:
    return bare_member(one) | {"user": user(one.user)}


def channel(one: Channel) -> Json:
    last = one.last_message
    body: Json = {
        "id": str(one.id),
        "type": one.type,
        "flags": 0,
        "last_message_id": str(last.id) if last else None,
    }
    if one.recipient is not None:
        return body | {"recipients": [user(one.recipient)]}
    assert one.guild is not None
    body |= {"guild_id": str(one.guild.id), "name": one.name, "rate_limit_per_user": 0}
    if one.is_thread:
        return body | _thread(one)
    overwrites = [
        {
            "id": str(target),
            "type": 0 if target == one.guild.id or target in one.guild.roles else 1,
            "allow": str(rule.allow),
            "deny": str(rule.deny),
        }
        for target, rule in one.overwrites.items()
    ]
    return body | {
        "parent_id": None,
        "position": sum(each < one.id for each in one.guild.channels),
        "topic": None,
        "nsfw": False,
        "permission_overwrites": overwrites,
    }


def _thread(one: Channel) -> Json:
    assert one.parent is not None
    assert one.owner is not None
    return {
        "parent_id": str(one.parent.id),
        "owner_id": str(one.owner.id),
        "message_count": len(one.messages),
        "member_count": len(one.members),
        "total_message_sent": len(one.messages),
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": born(one.id),
            "auto_archive_duration": one.archive_minutes,
            "locked": False,
            "create_timestamp": born(one.id),
        },
    }


def thread_member(thread: Channel, who: User) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(who.id),
        "join_timestamp": born(thread.id),
        "flags": 0,
    }


def guild(one: Guild) -> Json:
    """As GET /guilds/{id} answers it."""
    nothing = (
        "icon description home_header splash discovery_splash banner application_id "
        "afk_channel_id system_channel_id widget_channel_id vanity_url_code rules_channel_id "
        "safety_alerts_channel_id public_updates_channel_id incidents_data"
    )
    return dict.fromkeys(nothing.split()) | {
        "id": str(one.id),
        "name": one.name,
        "features": [],
        "owner_id": str(one.owner.id),
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 1,
        "roles": [role(held) for held in one.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": 0,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": one.locale,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
    }


def whole_guild(one: Guild, me: User) -> Json:
    """As GUILD_CREATE brings it: with channels, threads, and of the members the bot alone."""
    return guild(one) | {
        "joined_at": one.members[me.id].joined,
        "large": False,
        "member_count": len(one.members),
        "members": [member(one.members[me.id])],
        "channels": [channel(each) for each in one.channels.values()],
        "threads": [channel(each) for each in one.threads.values()],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def place(one: Channel) -> Json:
    """The guild_id of an event that happened there, nothing in a DM."""
    return {"guild_id": str(one.guild.id)} if one.guild else {}


def member_in(one: Channel, who: User) -> Json:
    """A member as an interaction brings it, with permissions in the channel."""
    assert one.guild is not None
    held = one.guild.members[who.id]
    return member(held) | {"permissions": str(permissions.in_channel(one, who))}
