"""From what a person types to an interaction's data: options, resolved things, checks.

A client of Discord does not let a person send what the command does not allow; here that
raises ValueError, so that a test cannot ask for what could never happen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.discord import message_payloads, payloads, permissions, posting
from tests.discord.world import Channel, Json, Message, Role, User

GROUPS = (1, 2)
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(3, 12)


@dataclass(frozen=True)
class File:
    """A file that a person attaches to a command or a message."""

    filename: str
    data: bytes


@dataclass
class Resolved:
    """The objects behind the ids in an interaction's data."""

    channel: Channel
    objects: dict[str, Json] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        """The id that stands for the object. Raises ValueError for what has none."""
        if isinstance(value, User):
            self._put("users", value.id, payloads.user(value))
            guild = self.channel.guild
            if guild and value.id in guild.members:
                member = payloads.bare_member(guild.members[value.id])
                rights = str(permissions.in_channel(self.channel, value))
                self._put("members", value.id, member | {"permissions": rights})
        elif isinstance(value, Role):
            self._put("roles", value.id, payloads.role(value))
        elif isinstance(value, Channel):
            self._put("channels", value.id, payloads.channel(value) | {"permissions": "0"})
        elif isinstance(value, Message):
            world = value.channel.world
            shown = message_payloads.message(value, world.me, reads_all=True)
            self._put("messages", value.id, shown)
        elif isinstance(value, File):
            file = posting.store_file(self.channel.world, self.channel, value.filename, value.data)
            self._put(
                "attachments", file.id, message_payloads.attachment(file) | {"ephemeral": True}
            )
            return str(file.id)
        else:
            raise ValueError(f"{value!r} is no user, role, channel, message or file")
        return str(value.id)

    def _put(self, kind: str, number: int, body: Json) -> None:
        self.objects.setdefault(kind, {})[str(number)] = body


def find(held: list[Json], words: str) -> tuple[Json, list[Json]]:
    """The command of a name like ``settings channel``, and the path of subcommands below it.

    Raises LookupError with the names there are.
    """
    first, *rest = words.split()
    found = [each for each in held if each["name"] == first and each["type"] == 1]
    if not found:
        raise LookupError(f"no command /{first}; there are {[each['name'] for each in held]}")
    path, node = [], found[0]
    for word in rest:
        inner = [each for each in node.get("options", []) if each["name"] == word]
        if not inner:
            raise LookupError(f"/{words}: {node['name']} has no {word}")
        node = inner[0]
        path.append(node)
    if any(each["type"] in GROUPS for each in node.get("options", [])):
        raise LookupError(f"/{words} needs a subcommand")
    return found[0], path


def check_visible(command: Json, channel: Channel, user: User) -> None:
    """Raise PermissionError where Discord would not offer the command."""
    contexts = command.get("contexts")
    here = 0 if channel.guild else 1
    no_dm = channel.guild is None and command.get("dm_permission") is False
    if no_dm or (contexts is not None and here not in contexts):
        raise PermissionError(f"/{command['name']} is not offered in this kind of channel")
    rights = permissions.in_channel(channel, user)
    asked = int(command["default_member_permissions"] or 0)
    admins_only = command["default_member_permissions"] == "0"
    usable = permissions.BITS["use_application_commands"]
    if rights & (asked | usable) != asked | usable or (admins_only and rights != permissions.ALL):
        raise PermissionError(f"/{command['name']} is not offered to {user.name}")


def data(
    command: Json, path: list[Json], values: Json, resolved: Resolved, focused: str | None = None
) -> Json:
    """The ``data`` of an interaction of that command with these option values."""
    node = path[-1] if path else command
    options = fill(node.get("options", []), values, resolved, focused)
    for group in reversed(path):
        options = [{"name": group["name"], "type": group["type"], "options": options}]
    body = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
    if "guild_id" in command:
        body["guild_id"] = command["guild_id"]
    return body | ({"resolved": resolved.objects} if resolved.objects else {})


def fill(known: list[Json], values: Json, resolved: Resolved, focused: str | None) -> list[Json]:
    names = [option["name"] for option in known]
    if stray := set(values) - set(names):
        raise ValueError(f"no option {sorted(stray)}; there are {names}")
    filled = []
    for option in known:
        name = option["name"]
        if name not in values:
            if option.get("required") and focused is None:
                raise ValueError(f"option {name} is required")
            continue
        entry = {"name": name, "type": option["type"]}
        if name == focused:
            if not option.get("autocomplete"):
                raise ValueError(f"option {name} has no autocomplete")
            filled.append(entry | {"value": values[name], "focused": True})
        else:
            filled.append(entry | {"value": valued(option, values[name], resolved)})
    return filled


def valued(option: Json, value: Any, resolved: Resolved) -> Any:
    """The value as it is sent. Raises ValueError where the client would not send it."""
    kind, name = option["type"], option["name"]
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE, FILE):
        return resolved.add(value)
    wanted: Any = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}[kind]
    if not isinstance(value, wanted):
        raise ValueError(f"option {name} takes {wanted}, got {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise ValueError(f"option {name} is one of {choices}, got {value!r}")
    size = len(value) if kind == STRING else value
    low = option.get("min_length" if kind == STRING else "min_value")
    high = option.get("max_length" if kind == STRING else "max_value")
    if (low is not None and size < low) or (high is not None and size > high):
        raise ValueError(f"option {name} is between {low} and {high}, got {value!r}")
    return value


def submitted(modal: Json, values: dict[str, Any], resolved: Resolved) -> Json:
    """The ``data`` of a submitted modal. Raises ValueError for what the client would not send."""
    left = dict(values)
    components = [_answered(part, left, resolved) for part in modal["components"]]
    if left:
        raise ValueError(f"the modal has no input {sorted(left)}")
    body = {"custom_id": modal["custom_id"], "components": components}
    return body | ({"resolved": resolved.objects} if resolved.objects else {})


def _answered(part: Json, values: dict[str, Any], resolved: Resolved) -> Json:
    entry: Json = {"type": part["type"], "id": part.get("id") or 1}
    if "components" in part:
        inner = [_answered(each, values, resolved) for each in part["components"]]
        return entry | {"components": inner}
    if "component" in part:
        return entry | {"component": _answered(part["component"], values, resolved)}
    if "custom_id" not in part:
        return entry
    name = part["custom_id"]
    entry["custom_id"] = name
    if part["type"] == 4:
        return entry | {"value": _typed(part, values.pop(name, part.get("value") or ""))}
    value = values.pop(name, [])
    if isinstance(value, list):
        return entry | {"values": [v if isinstance(v, str) else resolved.add(v) for v in value]}
    return entry | {"value": value}


def _typed(part: Json, text: str) -> str:
    low, high = part.get("min_length"), part.get("max_length") or 4000
    if not text and part.get("required") is not False:
        raise ValueError(f"input {part['custom_id']} is required")
    if len(text) > high or (text and low and len(text) < low):
        raise ValueError(f"input {part['custom_id']} takes {low or 0} to {high} characters")
    return text
