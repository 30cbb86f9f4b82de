"""The platform that drawn files are judged and rendered on: the examples', and what it can have.

Two clusters, of which one takes only tenants that name it, with identities, a vault, a proxy and
a CA bundle, so that every renderer has something to do.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from tests.repository import BASE, TODAY

from tenantry.facts import ClusterFacts, Facts
from tenantry.index import Index
from tenantry.reader import Document, read_document
from tenantry.rules import INDEX_RULES, TENANT_RULES
from tenantry.schema.check import check
from tenantry.schema.cluster import Cluster, Outputs
from tenantry.schema.platform import Platform
from tenantry.schema.tenant import TenantFile
from tenantry.tenant import Tenant
from tenantry.workspace.shard import render_tenant
from tenantry.workspace.sources import Sources, load_facts
