"""Of what the platform's team is told, and by when somebody should look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import monitor

from infra.azure.names import own
from infra.azure.place import below

if TYPE_CHECKING:
    from infra.azure.place import Place

_METRICS = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria"
_CLUSTERS = "Microsoft.ContainerService/managedClusters"

#: How bad: 1 asks somebody to look now, 3 within days.
_NOW, _TODAY, _SOON = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of the cluster that must not stay above a bound. AKS counts these for nothing."""

    name: str
    metric: str
    above: float
    minutes: int
    severity: int
    meaning: str


METRICS = (
    Metric(
        "pods-wait",
        "cluster_autoscaler_unschedulable_pods_count",
        0,
        30,
        _TODAY,
        "Pods wait for a node, and the autoscaler brings none: a pool is at its largest, or Azure "
        "has no machines or no quota of that size.",
    ),
    Metric(
        "cpu",
        "node_cpu_usage_percentage",
        90,
        30,
        _SOON,
        "The nodes are busy to the brim.",
    ),
    Metric(
        "memory",
        "node_memory_working_set_percentage",
        90,
        15,
        _TODAY,
        "Nodes run out of memory and are about to end pods.",
    ),
    Metric(
        "disk",
        "node_disk_usage_percentage",
        85,
        15,
        _TODAY,
        "A node's disk fills up; at 85 % it ends pods and throws away images.",
    ),
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the logs whose answer must be empty."""

    name: str
    query: str
    meaning: str
    severity: int = _TODAY
    more_than: int = 0


QUERIES = (
    Query(
        "secrets-refused",
        "AZKVAuditLogs | where HttpStatusCode == 403",
        "Somebody, or a wrongly set up workload, asks for secrets that it may not read.",
        more_than=20,
    ),
    Query(
        "logs-full",
        '_LogOperation | where Category == "Ingestion" and Detail has "OverQuota"',
        "The day's limit of logs is reached: until tomorrow nothing more is recorded.",
        severity=_NOW,
    ),
    Query(
        "policy-removed",
        "AKSAuditAdmin | where ObjectRef.resource in "
        '("validatingadmissionpolicies", "validatingadmissionpolicybindings") and '
        'Verb == "delete" and ResponseStatus.code < 300',
        "An admission policy or its binding was deleted: for a while nobody is stopped.",
        severity=_NOW,
    ),
)


@dataclass(frozen=True)
class AlertsArgs:
    """What alerts need to know."""

    place: Place
    mailbox: str
    cluster: pulumi.Input[str]
    workspace: pulumi.Input[str]


class Alerts(pulumi.ComponentResource):
    """Alerts, all to one mailbox."""

    def __init__(self, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Alerts", "alerts", None, opts)
        self._args, self._place = args, args.place
        self.people = monitor.ActionGroup(
            "people",
            resource_group_name=self._place.group,
            action_group_name=self._place.names.stem,
            group_short_name=self._place.names.cluster[:12],
            location="global",
            enabled=True,
            email_receivers=[
                monitor.MicrosoftCommonEmailReceiverArgs(
                    name="owner", email_address=args.mailbox, use_common_alert_schema=True
                )
            ],
            tags=self._place.tags,
            opts=below(self),
        )
        for metric in METRICS:
            self._watch_metric(metric)
        for query in QUERIES:
            self._watch_logs(query)
        self._watch_azure()
        self.register_outputs({"people": self.people.id})

    def _watch_metric(self, metric: Metric) -> None:
        window = f"PT{metric.minutes}M"
        criterion = monitor.MetricCriteriaArgs(
            criterion_type="StaticThresholdCriterion",
            name=metric.name,
            metric_namespace=_CLUSTERS,
            metric_name=metric.metric,
            operator=monitor.Operator.GREATER_THAN,
            threshold=metric.above,
            time_aggregation=monitor.AggregationTypeEnum.AVERAGE,
        )
        monitor.MetricAlert(
            metric.name,
            resource_group_name=self._place.group,
            rule_name=own(self._place.names.stem, metric.name),
            location="global",
            description=metric.meaning,
            severity=metric.severity,
            enabled=True,
            scopes=[self._args.cluster],
            evaluation_frequency="PT5M",
            window_size=window,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type=_METRICS, all_of=[criterion]
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=self.people.id)],
            tags=self._place.tags,
            opts=below(self),
        )

    def _watch_logs(self, query: Query) -> None:
        condition = monitor.ConditionArgs(
            query=query.query,
            time_aggregation=monitor.TimeAggregation.COUNT,
            operator=monitor.ConditionOperator.GREATER_THAN,
            threshold=query.more_than,
        )
        monitor.ScheduledQueryRule(
            query.name,
            resource_group_name=self._place.group,
            rule_name=own(self._place.names.stem, query.name),
            location=self._place.location,
            kind=monitor.Kind.LOG_ALERT,
            description=query.meaning,
            severity=query.severity,
            enabled=True,
            scopes=[self._args.workspace],
            evaluation_frequency="PT15M",
            window_size="PT15M",
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(all_of=[condition]),
            actions=monitor.ActionsArgs(action_groups=[self.people.id]),
            # A table stands in a workspace only once something was written to it.
            skip_query_validation=True,
            tags=self._place.tags,
            opts=below(self),
        )

    def _watch_azure(self) -> None:
        here = monitor.AlertRuleAnyOfOrLeafConditionArgs(field="category", equals="ServiceHealth")
        monitor.ActivityLogAlert(
            "azure",
            monitor.ActivityLogAlertArgs(
                resource_group_name=self._place.group,
                activity_log_alert_name=own(self._place.names.stem, "azure"),
                location="global",
                description="Azure itself is not well, or plans something.",
                enabled=True,
                scopes=[f"/subscriptions/{self._place.subscription_id}"],
                condition=monitor.AlertRuleAllOfConditionArgs(all_of=[here]),
                actions=monitor.ActionListArgs(
                    action_groups=[monitor.ActionGroupArgs(action_group_id=self.people.id)]
                ),
                tags=self._place.tags,
            ),
            below(self),
        )
