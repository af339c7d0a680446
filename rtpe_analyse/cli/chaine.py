"""La chaîne : nettoyer, contrôler, calculer, dans l'ordre et seulement si nécessaire.

Chaque étape laisse un témoin (`etapes`) ; `rtpe rapports` refait ce qui manque, rien de plus.
"""

import json
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rtpe_analyse import __version__, propres
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.affichage import avancement, dire, tableau
from rtpe_analyse.erreurs import ErreurControle, ErreurDonneesManquantes
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.modeles import Niveau
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import ecrire_parquet, ecrire_texte, empreinte_fichier

if TYPE_CHECKING:
    from rtpe_analyse.sources import Fiche

NIVEAUX: tuple[Niveau, ...] = ("interne", "diffusion")
_CODE_CALCUL = (
    "indicateurs",
    "secret",
    "reglementation",
    "nomenclatures",
    "schemas.py",
    "cli/chaine.py",
)


def nettoyer(lieux: Lieux) -> None:
    """Nettoie ce qui est nouveau et dit le bilan ligne à ligne près."""
    from rtpe_analyse import nettoyage

    with avancement("Nettoyage") as avancer:
        bilan = nettoyage.nettoyer(lieux, progres=avancer)
    dire(bilan.phrase)
    if bilan.refuses:
        tableau("Fichiers illisibles", ("Fichier", "Pourquoi", "À faire"), bilan.refuses)


def controler(lieux: Lieux) -> int:
    """Contrôle ce qui est nouveau et dit ce qui est arrêté.

    Returns:
        Le nombre de contrôles critiques en échec ; les fichiers touchés sont arrêtés, les
        autres continuent.
    """
    from rtpe_analyse import controles

    with avancement("Contrôles") as avancer:
        bilan = controles.controler(lieux, progres=avancer)
    dire(bilan.phrase)
    if bilan.bloquants:
        tableau("Contrôles critiques en échec", ("Où", "Règle", "À faire"), bilan.bloquants)
        dire("Les fichiers en cause ne comptent dans aucun indicateur ; les autres continuent.")
    return len(bilan.bloquants)


def refuser_si_bloque(echecs: int) -> None:
    """Rend un code d'erreur quand des contrôles critiques ont arrêté des fichiers.

    Raises:
        ErreurControle: si `echecs` n'est pas nul.
    """
    if echecs:
        raise ErreurControle(
            f"{echecs} contrôle(s) critique(s) en échec : les fichiers en cause sont arrêtés.",
            "Voir le tableau ci-dessus ; corriger la source, la recevoir, puis relancer.",
        )


def ingredients_du_calcul(lieux: Lieux) -> dict[str, str]:
    """De quoi dépendent les indicateurs : tables propres, constats, référentiel, code."""
    fichiers = {
        f"table {table}/{nom}": chemin
        for table in TABLES
        for nom, chemin in propres.partitions(lieux, table).items()
    }
    fichiers |= {f"référentiel {f.name}": f for f in sorted(lieux.referentiel.glob("*.csv"))}
    for nom in ("bilan_nettoyage.parquet", "verdicts.parquet", "arrets.json"):
        chemin = lieux.travail / nom
        if chemin.exists():
            fichiers[nom] = chemin
    for chemin in sorted(lieux.constats.glob("*/*.parquet")):
        fichiers[f"constats {chemin.parent.name}/{chemin.stem}"] = chemin
    empreintes = {nom: empreinte_fichier(chemin) for nom, chemin in fichiers.items()}
    return {**empreintes, "programme": empreinte_code(*_CODE_CALCUL)}


def calculer(lieux: Lieux) -> None:
    """Calcule les indicateurs, applique le secret, écrit les deux niveaux.

    Rien de non protégé n'est écrit sur le disque.

    Raises:
        ErreurDonneesManquantes: si aucune activité n'a été reçue.
    """
    from rtpe_analyse import indicateurs, secret, sources

    if propres.lire_admis(lieux, "etablissements").limit(1).collect().is_empty():
        raise ErreurDonneesManquantes(
            "Aucun établissement utilisable n'a été reçu pour ce jeu.",
            "Recevoir au moins le registre des établissements, l'agrément et l'activité : "
            "rtpe recevoir DOSSIER. Pour essayer : rtpe exemple --petit.",
        )
    temoin = lieux.travail / "calcul.json"
    ingredients = ingredients_du_calcul(lieux)
    if not raisons_de_refaire(temoin, ingredients):
        dire("Indicateurs : à jour.")
        return
    fiches = sources.lister_fiches(lieux)
    le = max(fiche.recu_le for fiche in fiches)
    with avancement("Calcul") as avancer:
        familles = list(indicateurs.FAMILLES)
        lignes = 0
        for rang, famille in enumerate(familles):
            avancer(famille, rang, len(familles))
            table = indicateurs.calculer_famille(lieux, famille, le)
            lignes += len(table)
            for niveau in NIVEAUX:
                protegee = secret.proteger(table, niveau, le)
                ecrire_parquet(lieux.indicateurs / niveau / f"{famille}.parquet", protegee)
    _ecrire_contexte(lieux, fiches, le)
    marquer(temoin, ingredients)
    dire(f"Indicateurs : {lignes} valeurs en {len(familles)} familles, secret appliqué.")


def _ecrire_contexte(lieux: Lieux, fiches: list["Fiche"], le: date) -> None:
    """Ce que les carnets doivent savoir en plus : zones, définitions, qualité, trace."""
    from rtpe_analyse import indicateurs

    ecrire_parquet(lieux.indicateurs / "zones.parquet", indicateurs.construire_zones(lieux))
    for nom, contenu in (
        ("definitions", indicateurs.definitions()),
        ("qualite", indicateurs.resume_qualite(lieux)),
        (
            "trace",
            {
                "version": __version__,
                "jeu": lieux.jeu,
                "recu_le": le.isoformat(),
                "bruts": sorted(fiche.empreinte for fiche in fiches),
                "regles": indicateurs.regles_utilisees(le),
            },
        ),
    ):
        texte = json.dumps(contenu, ensure_ascii=False, indent=1, sort_keys=True)
        ecrire_texte(lieux.indicateurs / f"{nom}.json", texte)


def assurer(lieux: Lieux) -> int:
    """Refait tout ce qui manque ou n'est plus à jour, jusqu'aux indicateurs.

    Returns:
        Le nombre de contrôles critiques en échec.
    """
    nettoyer(lieux)
    echecs = controler(lieux)
    calculer(lieux)
    return echecs


def dernier_trimestre(lieux: Lieux) -> str:
    """Le dernier trimestre complet pour lequel une occupation existe.

    Raises:
        ErreurDonneesManquantes: si aucun trimestre n'est calculé.
    """
    chemin = lieux.indicateurs / "interne" / "occupation.parquet"
    periodes = (
        pl.scan_parquet(chemin)
        .filter((pl.col("indicateur") == "H1") & (pl.col("pas") == "trimestre"))
        .filter(pl.col("statut") != "non_calculable")
        .select(pl.col("periode").max())
        .collect()
        .item()
    )
    if periodes is None:
        raise ErreurDonneesManquantes(
            "Aucun trimestre d'activité n'est calculé.",
            "Recevoir des pointages, ou préciser --periode 2026-T3.",
        )
    return str(periodes)
