"""The addresses of a site that has named an OpenID provider."""

from django.urls import include, path

from config.urls import handler400, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("admin/", include("outages.admin.oidc_urls")), *urlpatterns]
