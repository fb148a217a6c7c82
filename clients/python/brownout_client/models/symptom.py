from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.guide import Guide


T = TypeVar("T", bound="Symptom")


@_attrs_define
class Symptom:
    """What a person sees when the service fails."""

    slug: str
    name: str
    component: None | str
    """ The component used when a report names none. """
    components: list[str]
    """ Components it can affect; empty for all. """
    suggests: str
    """ The kind of failure it points to. """
    http_status: int | None
    common: bool
    guide: Guide | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.guide import Guide

        slug = self.slug

        name = self.name

        component: None | str
        component = self.component

        components = self.components

        suggests = self.suggests

        http_status: int | None
        http_status = self.http_status

        common = self.common

        guide: dict[str, Any] | None
        if isinstance(self.guide, Guide):
            guide = self.guide.to_dict()
        else:
            guide = self.guide

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "slug": slug,
                "name": name,
                "component": component,
                "components": components,
                "suggests": suggests,
                "http_status": http_status,
                "common": common,
                "guide": guide,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.guide import Guide

        d = dict(src_dict)
        slug = d.pop("slug")

        name = d.pop("name")

        def _parse_component(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        component = _parse_component(d.pop("component"))

        components = cast(list[str], d.pop("components"))

        suggests = d.pop("suggests")

        def _parse_http_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        http_status = _parse_http_status(d.pop("http_status"))

        common = d.pop("common")

        def _parse_guide(data: object) -> Guide | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                guide_type_0 = Guide.from_dict(data)

                return guide_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Guide | None, data)

        guide = _parse_guide(d.pop("guide"))

        symptom = cls(
            slug=slug,
            name=name,
            component=component,
            components=components,
            suggests=suggests,
            http_status=http_status,
            common=common,
            guide=guide,
        )

        symptom.additional_properties = d
        return symptom

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
