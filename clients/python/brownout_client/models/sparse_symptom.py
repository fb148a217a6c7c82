from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.guide import Guide


T = TypeVar("T", bound="SparseSymptom")


@_attrs_define
class SparseSymptom:
    """Only the fields that were asked for."""

    slug: str | Unset = UNSET
    name: str | Unset = UNSET
    component: None | str | Unset = UNSET
    """ The component used when a report names none. """
    components: list[str] | Unset = UNSET
    """ Components it can affect; empty for all. """
    suggests: str | Unset = UNSET
    """ The kind of failure it points to. """
    http_status: int | None | Unset = UNSET
    common: bool | Unset = UNSET
    guide: Guide | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.guide import Guide

        slug = self.slug

        name = self.name

        component: None | str | Unset
        if isinstance(self.component, Unset):
            component = UNSET
        else:
            component = self.component

        components: list[str] | Unset = UNSET
        if not isinstance(self.components, Unset):
            components = self.components

        suggests = self.suggests

        http_status: int | None | Unset
        if isinstance(self.http_status, Unset):
            http_status = UNSET
        else:
            http_status = self.http_status

        common = self.common

        guide: dict[str, Any] | None | Unset
        if isinstance(self.guide, Unset):
            guide = UNSET
        elif isinstance(self.guide, Guide):
            guide = self.guide.to_dict()
        else:
            guide = self.guide

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if slug is not UNSET:
            field_dict["slug"] = slug
        if name is not UNSET:
            field_dict["name"] = name
        if component is not UNSET:
            field_dict["component"] = component
        if components is not UNSET:
            field_dict["components"] = components
        if suggests is not UNSET:
            field_dict["suggests"] = suggests
        if http_status is not UNSET:
            field_dict["http_status"] = http_status
        if common is not UNSET:
            field_dict["common"] = common
        if guide is not UNSET:
            field_dict["guide"] = guide

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.guide import Guide

        d = dict(src_dict)
        slug = d.pop("slug", UNSET)

        name = d.pop("name", UNSET)

        def _parse_component(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        component = _parse_component(d.pop("component", UNSET))

        components = cast(list[str], d.pop("components", UNSET))

        suggests = d.pop("suggests", UNSET)

        def _parse_http_status(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        http_status = _parse_http_status(d.pop("http_status", UNSET))

        common = d.pop("common", UNSET)

        def _parse_guide(data: object) -> Guide | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                guide_type_0 = Guide.from_dict(data)

                return guide_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Guide | None | Unset, data)

        guide = _parse_guide(d.pop("guide", UNSET))

        sparse_symptom = cls(
            slug=slug,
            name=name,
            component=component,
            components=components,
            suggests=suggests,
            http_status=http_status,
            common=common,
            guide=guide,
        )

        return sparse_symptom
