// Made from the API's description by `make client`; nothing in here is written by hand.

import { Caller, ProblemError } from "./runtime.js";

export { ProblemError };

export class Brownout extends Caller {
  board(params, options) {
    return this.call(OPERATIONS.board, params, options);
  }

  disputesList(params, options) {
    return this.call(OPERATIONS.disputesList, params, options);
  }

  incidentsRetrieve(params, options) {
    return this.call(OPERATIONS.incidentsRetrieve, params, options);
  }

  incidentsDisputes(params, options) {
    return this.call(OPERATIONS.incidentsDisputes, params, options);
  }

  incidentsDisputesCreate(params, options) {
    return this.call(OPERATIONS.incidentsDisputesCreate, params, options);
  }

  keyRetrieve(params, options) {
    return this.call(OPERATIONS.keyRetrieve, params, options);
  }

  observationsCreate(params, options) {
    return this.call(OPERATIONS.observationsCreate, params, options);
  }

  placesList(params, options) {
    return this.call(OPERATIONS.placesList, params, options);
  }

  placesRetrieve(params, options) {
    return this.call(OPERATIONS.placesRetrieve, params, options);
  }

  pushKeyRetrieve(params, options) {
    return this.call(OPERATIONS.pushKeyRetrieve, params, options);
  }

  reportsCreate(params, options) {
    return this.call(OPERATIONS.reportsCreate, params, options);
  }

  reportsRetrieve(params, options) {
    return this.call(OPERATIONS.reportsRetrieve, params, options);
  }

  reportsUpdate(params, options) {
    return this.call(OPERATIONS.reportsUpdate, params, options);
  }

  reportsWithdraw(params, options) {
    return this.call(OPERATIONS.reportsWithdraw, params, options);
  }

  reportsCreateBatch(params, options) {
    return this.call(OPERATIONS.reportsCreateBatch, params, options);
  }

  reportsNelCreate(params, options) {
    return this.call(OPERATIONS.reportsNelCreate, params, options);
  }

  servicesList(params, options) {
    return this.call(OPERATIONS.servicesList, params, options);
  }

  servicesRetrieve(params, options) {
    return this.call(OPERATIONS.servicesRetrieve, params, options);
  }

  servicesAggregate(params, options) {
    return this.call(OPERATIONS.servicesAggregate, params, options);
  }

  servicesAnnouncements(params, options) {
    return this.call(OPERATIONS.servicesAnnouncements, params, options);
  }

  servicesComponents(params, options) {
    return this.call(OPERATIONS.servicesComponents, params, options);
  }

  servicesIncidents(params, options) {
    return this.call(OPERATIONS.servicesIncidents, params, options);
  }

  servicesMap(params, options) {
    return this.call(OPERATIONS.servicesMap, params, options);
  }

  servicesObservers(params, options) {
    return this.call(OPERATIONS.servicesObservers, params, options);
  }

  servicesProbes(params, options) {
    return this.call(OPERATIONS.servicesProbes, params, options);
  }

  servicesProbeHistory(params, options) {
    return this.call(OPERATIONS.servicesProbeHistory, params, options);
  }

  servicesReports(params, options) {
    return this.call(OPERATIONS.servicesReports, params, options);
  }

  servicesSources(params, options) {
    return this.call(OPERATIONS.servicesSources, params, options);
  }

  servicesStatus(params, options) {
    return this.call(OPERATIONS.servicesStatus, params, options);
  }

  servicesStream(params, options) {
    return this.events(OPERATIONS.servicesStream, params, options);
  }

  servicesSymptoms(params, options) {
    return this.call(OPERATIONS.servicesSymptoms, params, options);
  }

  servicesTimeseries(params, options) {
    return this.call(OPERATIONS.servicesTimeseries, params, options);
  }

  sources(params, options) {
    return this.call(OPERATIONS.sources, params, options);
  }

  stream(params, options) {
    return this.events(OPERATIONS.stream, params, options);
  }

  subscriptionsList(params, options) {
    return this.call(OPERATIONS.subscriptionsList, params, options);
  }

  subscriptionsCreate(params, options) {
    return this.call(OPERATIONS.subscriptionsCreate, params, options);
  }

  subscriptionsRetrieve(params, options) {
    return this.call(OPERATIONS.subscriptionsRetrieve, params, options);
  }

  subscriptionsUpdate(params, options) {
    return this.call(OPERATIONS.subscriptionsUpdate, params, options);
  }

  subscriptionsDelete(params, options) {
    return this.call(OPERATIONS.subscriptionsDelete, params, options);
  }

  subscriptionsChallenge(params, options) {
    return this.call(OPERATIONS.subscriptionsChallenge, params, options);
  }

  subscriptionsConfirm(params, options) {
    return this.call(OPERATIONS.subscriptionsConfirm, params, options);
  }

  subscriptionsDeliveries(params, options) {
    return this.call(OPERATIONS.subscriptionsDeliveries, params, options);
  }

  subscriptionsRotate(params, options) {
    return this.call(OPERATIONS.subscriptionsRotate, params, options);
  }

  subscriptionsTest(params, options) {
    return this.call(OPERATIONS.subscriptionsTest, params, options);
  }

  all(name, params, options) {
    return this.each(OPERATIONS[name], params, options);
  }
}

const OPERATIONS = {
  board: {"method": "GET", "path": "/api/v1/board", "accept": "application/json, application/problem+json;q=0.1", "query": ["at", "of"]},
  disputesList: {"method": "GET", "path": "/api/v1/disputes", "accept": "application/json, application/problem+json;q=0.1", "query": ["cursor", "limit", "service", "state"]},
  incidentsRetrieve: {"method": "GET", "path": "/api/v1/incidents/{incident_id}", "accept": "application/json, application/problem+json;q=0.1", "query": ["at"]},
  incidentsDisputes: {"method": "GET", "path": "/api/v1/incidents/{incident_id}/disputes", "accept": "application/json, application/problem+json;q=0.1", "query": ["cursor", "limit"]},
  incidentsDisputesCreate: {"method": "POST", "path": "/api/v1/incidents/{incident_id}/disputes", "accept": "application/json, application/problem+json;q=0.1", "body": "application/json"},
  keyRetrieve: {"method": "GET", "path": "/api/v1/key", "accept": "application/json, application/problem+json;q=0.1"},
  observationsCreate: {"method": "POST", "path": "/api/v1/observations", "accept": "application/json, application/problem+json;q=0.1", "body": "application/json"},
  placesList: {"method": "GET", "path": "/api/v1/places", "accept": "application/json, application/problem+json;q=0.1", "query": ["country", "fields"]},
  placesRetrieve: {"method": "GET", "path": "/api/v1/places/{code}", "accept": "application/json, application/problem+json;q=0.1"},
  pushKeyRetrieve: {"method": "GET", "path": "/api/v1/push-key", "accept": "application/json, application/problem+json;q=0.1"},
  reportsCreate: {"method": "POST", "path": "/api/v1/reports", "accept": "application/json, application/problem+json;q=0.1", "headers": {"idempotencyKey": "Idempotency-Key", "xReporter": "X-Reporter", "xStanding": "X-Standing"}, "body": "application/json"},
  reportsRetrieve: {"method": "GET", "path": "/api/v1/reports/{report_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xReceipt": "X-Receipt"}},
  reportsUpdate: {"method": "PATCH", "path": "/api/v1/reports/{report_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xReceipt": "X-Receipt"}, "body": "application/json"},
  reportsWithdraw: {"method": "DELETE", "path": "/api/v1/reports/{report_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xReceipt": "X-Receipt"}},
  reportsCreateBatch: {"method": "POST", "path": "/api/v1/reports/batch", "accept": "application/json, application/problem+json;q=0.1", "headers": {"idempotencyKey": "Idempotency-Key", "xReporter": "X-Reporter"}, "body": "application/json"},
  reportsNelCreate: {"method": "POST", "path": "/api/v1/reports/nel/{key}", "accept": "application/json, application/problem+json;q=0.1", "query": ["component", "service"], "body": "application/reports+json"},
  servicesList: {"method": "GET", "path": "/api/v1/services", "accept": "application/json, application/problem+json;q=0.1", "query": ["cursor", "fields", "limit"]},
  servicesRetrieve: {"method": "GET", "path": "/api/v1/services/{slug}", "accept": "application/json, application/problem+json;q=0.1"},
  servicesAggregate: {"method": "GET", "path": "/api/v1/services/{slug}/aggregate", "accept": "application/json, text/csv;q=0.5, application/problem+json;q=0.1", "query": ["axis_x", "axis_y", "component", "country", "format", "grain", "since", "until"]},
  servicesAnnouncements: {"method": "GET", "path": "/api/v1/services/{slug}/announcements", "accept": "application/json, application/problem+json;q=0.1", "query": ["at", "cursor", "fields", "limit", "relevance"]},
  servicesComponents: {"method": "GET", "path": "/api/v1/services/{slug}/components", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields"]},
  servicesIncidents: {"method": "GET", "path": "/api/v1/services/{slug}/incidents", "accept": "application/json, application/problem+json;q=0.1", "query": ["at", "component", "country", "cursor", "fields", "limit", "since", "state"]},
  servicesMap: {"method": "GET", "path": "/api/v1/services/{slug}/map", "accept": "application/json, application/geo+json;q=0.5, application/topo+json;q=0.5, application/problem+json;q=0.1", "query": ["at", "component", "country", "format", "level", "metric", "shapes", "window"]},
  servicesObservers: {"method": "GET", "path": "/api/v1/services/{slug}/observers", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields"]},
  servicesProbes: {"method": "GET", "path": "/api/v1/services/{slug}/probes", "accept": "application/json, application/problem+json;q=0.1", "query": ["at", "fields"]},
  servicesProbeHistory: {"method": "GET", "path": "/api/v1/services/{slug}/probes/{probe}/history", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields", "since", "until", "vantage"]},
  servicesReports: {"method": "GET", "path": "/api/v1/services/{slug}/reports", "accept": "application/json, application/problem+json;q=0.1", "query": ["by", "since", "until"]},
  servicesSources: {"method": "GET", "path": "/api/v1/services/{slug}/sources", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields"]},
  servicesStatus: {"method": "GET", "path": "/api/v1/services/{slug}/status", "accept": "application/json, application/problem+json;q=0.1", "query": ["at"]},
  servicesStream: {"method": "GET", "path": "/api/v1/services/{slug}/stream", "accept": "text/event-stream, application/problem+json;q=0.1", "query": ["last_event_id"], "headers": {"lastEventId": "Last-Event-ID"}},
  servicesSymptoms: {"method": "GET", "path": "/api/v1/services/{slug}/symptoms", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields"]},
  servicesTimeseries: {"method": "GET", "path": "/api/v1/services/{slug}/timeseries", "accept": "application/json, application/problem+json;q=0.1", "query": ["grain_minutes", "since", "until"]},
  sources: {"method": "GET", "path": "/api/v1/sources", "accept": "application/json, application/problem+json;q=0.1", "query": ["fields"]},
  stream: {"method": "GET", "path": "/api/v1/stream", "accept": "text/event-stream, application/problem+json;q=0.1", "query": ["last_event_id", "of"], "headers": {"lastEventId": "Last-Event-ID"}},
  subscriptionsList: {"method": "GET", "path": "/api/v1/subscriptions", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsCreate: {"method": "POST", "path": "/api/v1/subscriptions", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}, "body": "application/json"},
  subscriptionsRetrieve: {"method": "GET", "path": "/api/v1/subscriptions/{subscription_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsUpdate: {"method": "PATCH", "path": "/api/v1/subscriptions/{subscription_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}, "body": "application/json"},
  subscriptionsDelete: {"method": "DELETE", "path": "/api/v1/subscriptions/{subscription_id}", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsChallenge: {"method": "POST", "path": "/api/v1/subscriptions/{subscription_id}/challenge", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsConfirm: {"method": "POST", "path": "/api/v1/subscriptions/{subscription_id}/confirm", "accept": "application/json, application/problem+json;q=0.1", "body": "application/json"},
  subscriptionsDeliveries: {"method": "GET", "path": "/api/v1/subscriptions/{subscription_id}/deliveries", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsRotate: {"method": "POST", "path": "/api/v1/subscriptions/{subscription_id}/rotate", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
  subscriptionsTest: {"method": "POST", "path": "/api/v1/subscriptions/{subscription_id}/test", "accept": "application/json, application/problem+json;q=0.1", "headers": {"xSecret": "X-Secret"}},
};
