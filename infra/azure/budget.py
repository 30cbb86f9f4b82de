"""What the cluster may cost a month, and who is told before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import consumption

from infra.azure.place import below

if TYPE_CHECKING:
    from infra.azure.place import Place
    from infra.azure.settings import Settings

#: Percent of the amount at which somebody is told: of what was spent, and of what Azure foresees.
_SPENT = (80, 100)
_FORESEEN = 110


class Spending(pulumi.ComponentResource):
    """A budget over the cluster's resource groups. It tells, and stops nothing."""

    def __init__(
        self, place: Place, settings: Settings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Spending", "spending", None, opts)
        names = place.names
        groups = [names.platform_group, names.nodes_group, names.stem]
        told = {f"spent{each}": _notice(settings, each, "Actual") for each in _SPENT}
        told[f"foreseen{_FORESEEN}"] = _notice(settings, _FORESEEN, "Forecasted")
        consumption.Budget(
            "budget",
            budget_name=names.stem,
            scope=f"/subscriptions/{settings.subscription_id}",
            category=consumption.CategoryType.COST,
            amount=settings.budget.amount,
            time_grain=consumption.TimeGrainType.MONTHLY,
            time_period=consumption.BudgetTimePeriodArgs(
                start_date=f"{settings.budget.since.isoformat()}T00:00:00Z"
            ),
            filter=consumption.BudgetFilterArgs(
                dimensions=consumption.BudgetComparisonExpressionArgs(
                    name="ResourceGroupName", operator="In", values=groups
                )
            ),
            notifications=told,
            opts=below(self),
        )
        self.register_outputs({})


def _notice(settings: Settings, percent: int, kind: str) -> consumption.NotificationArgs:
    return consumption.NotificationArgs(
        enabled=True,
        operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
        threshold=percent,
        threshold_type=kind,
        contact_emails=[settings.owner],
    )
