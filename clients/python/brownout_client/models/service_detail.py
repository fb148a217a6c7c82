from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clock_enum import ClockEnum

if TYPE_CHECKING:
    from ..models.component import Component
    from ..models.symptom import Symptom


T = TypeVar("T", bound="ServiceDetail")


@_attrs_define
class ServiceDetail:
    """A service with its parts and symptoms."""

    slug: str
    name: str
    description: str
    homepage: str
    clock: ClockEnum
    provenance: str
    """ Where recorded data comes from. """
    disclaimer: str
    accepts_reports: bool
    default_component: str
    countries: list[str]
    """ Countries served; empty for all. """
    url: str
    status_url: str
    components: list[Component]
    symptoms: list[Symptom]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        slug = self.slug

        name = self.name

        description = self.description

        homepage = self.homepage

        clock = self.clock.value

        provenance = self.provenance

        disclaimer = self.disclaimer

        accepts_reports = self.accepts_reports

        default_component = self.default_component

        countries = self.countries

        url = self.url

        status_url = self.status_url

        components = []
        for components_item_data in self.components:
            components_item = components_item_data.to_dict()
            components.append(components_item)

        symptoms = []
        for symptoms_item_data in self.symptoms:
            symptoms_item = symptoms_item_data.to_dict()
            symptoms.append(symptoms_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "slug": slug,
                "name": name,
                "description": description,
                "homepage": homepage,
                "clock": clock,
                "provenance": provenance,
                "disclaimer": disclaimer,
                "accepts_reports": accepts_reports,
                "default_component": default_component,
                "countries": countries,
                "url": url,
                "status_url": status_url,
                "components": components,
                "symptoms": symptoms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.component import Component
        from ..models.symptom import Symptom

        d = dict(src_dict)
        slug = d.pop("slug")

        name = d.pop("name")

        description = d.pop("description")

        homepage = d.pop("homepage")

        clock = ClockEnum(d.pop("clock"))

        provenance = d.pop("provenance")

        disclaimer = d.pop("disclaimer")

        accepts_reports = d.pop("accepts_reports")

        default_component = d.pop("default_component")

        countries = cast(list[str], d.pop("countries"))

        url = d.pop("url")

        status_url = d.pop("status_url")

        components = []
        _components = d.pop("components")
        for components_item_data in _components:
            components_item = Component.from_dict(components_item_data)

            components.append(components_item)

        symptoms = []
        _symptoms = d.pop("symptoms")
        for symptoms_item_data in _symptoms:
            symptoms_item = Symptom.from_dict(symptoms_item_data)

            symptoms.append(symptoms_item)

        service_detail = cls(
            slug=slug,
            name=name,
            description=description,
            homepage=homepage,
            clock=clock,
            provenance=provenance,
            disclaimer=disclaimer,
            accepts_reports=accepts_reports,
            default_component=default_component,
            countries=countries,
            url=url,
            status_url=status_url,
            components=components,
            symptoms=symptoms,
        )

        service_detail.additional_properties = d
        return service_detail

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
