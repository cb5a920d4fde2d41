"""Every target."""

from __future__ import annotations

from fuzz import (
    targets_bundles,
    targets_commitments,
    targets_documents,
    targets_escrow,
    targets_models,
    targets_protocols,
    targets_services,
)
from fuzz.target import Target

GROUPS = {
    "proof bundles": targets_bundles.TARGETS,
    "commitments": targets_commitments.TARGETS,
    "documents": targets_documents.TARGETS,
    "models": targets_models.TARGETS,
    "messages": targets_protocols.TARGETS,
    "chain": targets_escrow.TARGETS,
    "services": targets_services.TARGETS,
}
TARGETS: tuple[Target, ...] = tuple(target for group in GROUPS.values() for target in group)
