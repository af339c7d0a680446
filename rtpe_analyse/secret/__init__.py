"""Secret statistique : la seule porte entre les indicateurs et leurs lecteurs."""

from rtpe_analyse.secret.audit import cellules_deductibles
from rtpe_analyse.secret.porte import proteger

__all__ = ["cellules_deductibles", "proteger"]
