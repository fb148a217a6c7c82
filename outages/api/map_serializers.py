"""Maps as the API describes them: GeoJSON and TopoJSON."""

from __future__ import annotations

from rest_framework import serializers

from outages.api.serializers import S
from outages.web.charts.map_metrics import METRICS


class CellSerializer(S):
    """A place on the map. Numbers are null where fewer than three networks reported."""

    code = serializers.CharField()
    name = serializers.CharField()
    few = serializers.BooleanField()
    value = serializers.FloatField(allow_null=True, help_text="The metric's value.")
    reports = serializers.IntegerField(allow_null=True)
    effective = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(
        allow_null=True, help_text="Usual reports here at this time of the week; null if not known."
    )
    per_million = serializers.FloatField(allow_null=True)
    times_usual = serializers.FloatField(
        allow_null=True, help_text="An estimate; small differences from the usual stay near 1."
    )
    times_usual_low = serializers.FloatField(allow_null=True, help_text="Lower end of the 90% interval.")
    times_usual_high = serializers.FloatField(allow_null=True, help_text="Upper end of the 90% interval.")


class GeometrySerializer(S):
    """A shape as RFC 7946 says it."""

    type = serializers.ChoiceField(choices=["MultiPolygon"])
    coordinates = serializers.ListField()


class FeatureSerializer(S):
    """A place with its shape."""

    type = serializers.ChoiceField(choices=["Feature"])
    id = serializers.CharField()
    properties = CellSerializer()
    geometry = GeometrySerializer(allow_null=True)


class MapSerializer(S):
    """The places with reports, as GeoJSON (RFC 7946)."""

    type = serializers.ChoiceField(choices=["FeatureCollection"])
    service = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=["country", "region"])
    metric = serializers.ChoiceField(choices=list(METRICS))
    without_place = CellSerializer(allow_null=True, help_text="Reports without a place.")
    features = FeatureSerializer(many=True)


class TopologyGeometrySerializer(S):
    """A place with its numbers; its borders are numbers of arcs. The type is null where no shape is at hand."""

    type = serializers.ChoiceField(choices=["Polygon", "MultiPolygon"], allow_null=True)
    id = serializers.CharField()
    properties = CellSerializer()
    arcs = serializers.ListField(required=False)


class TopologyPlacesSerializer(S):
    """The places of a topology."""

    type = serializers.ChoiceField(choices=["GeometryCollection"])
    geometries = TopologyGeometrySerializer(many=True)


class TopologyObjectsSerializer(S):
    """The objects of a topology."""

    places = TopologyPlacesSerializer()


class TopologyTransformSerializer(S):
    """How the whole numbers of the arcs become degrees."""

    scale = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    translate = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class TopologySerializer(S):
    """The places with reports, as TopoJSON."""

    type = serializers.ChoiceField(choices=["Topology"])
    service = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=["country", "region"])
    metric = serializers.ChoiceField(choices=list(METRICS))
    without_place = CellSerializer(allow_null=True, help_text="Reports without a place.")
    objects = TopologyObjectsSerializer()
    transform = TopologyTransformSerializer()
    arcs = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    )
