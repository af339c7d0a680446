"""Ce que coûte la zone dégressive de la Psu (G4)."""

from datetime import date
from decimal import Decimal

import polars as pl

from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.indicateurs.modele import Additif, Indicateur
from rtpe_analyse.indicateurs.presences import MICRO_HEURES
from rtpe_analyse.reglementation import prix_plafond, psu, taux_facturation, valeur

COUT = Indicateur(
    code="G4",
    libelle="Coût de la zone dégressive",
    unite="€",
    agregation=Additif("cout_centimes"),
    numerateur="Psu perdue par la baisse du prix plafond",
    champ="Du 1er janvier au dernier jour de la période, tous établissements.",
    definition="Par établissement : Psu de ses heures facturées au prix plafond de la borne basse "
    "(107 %), moins la même au prix plafond de son taux de facturation cumulé ; au centime. Une "
    "zone additionne ses établissements.",
    source="factures, pointages ; règles psu",
    limites="Non calculable tant que les prix plafonds de l'année manquent dans "
    "donnees/reglementation/psu.yaml. Suppose un prix de revient au moins égal au prix plafond, "
    "toutes les heures de droit et tout le régime général : un maximum. Cumul de l'année "
    "(ventilation « cumul ») : ne s'additionne pas d'une période à l'autre.",
    contributeur="presents+factures",
    sens="baisse_favorable",
)


def couts(cumules: pl.DataFrame) -> pl.DataFrame:
    """Coût de la zone dégressive, par ligne de cumul.

    Args:
        cumules: table portant `date` (premier jour du mois), `facture_uh`, `realise_min`.

    Returns:
        La table augmentée de `cout_centimes` (entier) : vide si un prix plafond de l'exercice
        manque, ou si des heures sont facturées sans qu'aucune soit réalisée.
    """
    lignes = cumules.select("date", "facture_uh", "realise_min").rows()
    inconnus = {annee for annee in {j.year for j, _, _ in lignes} if raison_du_cout_inconnu(annee)}
    montants = [
        None if jour.year in inconnus else _centimes(facture, realise, date(jour.year, 12, 31))
        for jour, facture, realise in lignes
    ]
    return cumules.with_columns(pl.Series("cout_centimes", montants, dtype=pl.Int64))


def cout_degressif(heures_facturees: Decimal, heures_realisees: Decimal, le: date) -> Decimal:
    """Psu perdue par la baisse du prix plafond au-delà de la borne basse, en euros, au centime.

    La Psu des heures facturées au prix plafond de la borne basse (107 %), moins la même au prix
    plafond du taux de facturation. Source : formule de la Psu (réponse ministérielle, question
    119984) ; barème du prix plafond, voir `reglementation.prix_plafond`.

    Args:
        heures_facturees: heures facturées de l'exercice.
        heures_realisees: heures réalisées de l'exercice, non nulles.
        le: un jour de l'exercice.

    Raises:
        ErreurReglementation: aucune heure réalisée, ou prix plafond de l'année inconnu.
    """
    taux = taux_facturation(heures_facturees, heures_realisees)
    if taux is None:
        raise ErreurReglementation("Sans heure réalisée, le taux de facturation n'existe pas.")
    borne = valeur("seuils_alerte", "t3_orange_pct", le)
    pleine, servie = (
        psu(heures_facturees, 0, le, plafond=prix_plafond(t, le)) for t in (borne, taux)
    )
    return pleine - servie


def raison_du_cout_inconnu(annee: int) -> str:
    """Pourquoi le coût d'un exercice ne se calcule pas ; vide s'il se calcule.

    Tous les prix de la courbe sont exigés, pour qu'une zone n'additionne pas que les zéros
    connus.
    """
    le = date(annee, 12, 31)
    try:
        basse, haute = (valeur("seuils_alerte", f"t3_{b}_pct", le) for b in ("orange", "rouge"))
        for taux in (basse, haute, haute + 1):
            prix_plafond(taux, le)
    except ErreurReglementation as erreur:
        return f"{erreur} {erreur.remede}"
    return ""


def _centimes(facture_uh: int | None, realise_min: int | None, le: date) -> int | None:
    if facture_uh is not None and facture_uh <= 0:
        return 0
    if facture_uh is None or not realise_min:
        return None
    heures = Decimal(facture_uh) / MICRO_HEURES
    return int(cout_degressif(heures, Decimal(realise_min) / 60, le) * 100)
