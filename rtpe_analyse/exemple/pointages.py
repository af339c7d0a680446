"""Les exports mensuels du second logiciel : pointages et factures, en fragments de lignes."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from rtpe_analyse.exemple.contrats import SECTIONS
from rtpe_analyse.exemple.depot import en_lignes
from rtpe_analyse.exemple.presences import MOTIFS
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, decimal_fr, duree, heure
from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures import liste_fermee

ENTETE_POINTAGES = (
    "Code établissement;Établissement;Code enfant;Nom;Prénom;Date de naissance;Section;Date;"
    "Arrivée;Départ;Heures réservées;Heures réalisées;Motif d'absence;Commentaire"
)
ENTETE_FACTURES = (
    "Code établissement;Code enfant;Nom;Prénom;Date de naissance;N° allocataire;Mois;"
    "Heures facturées;Tarif horaire;Taux d'effort;Montant;Ressources mensuelles"
)
_ETAPE = 9
_PART_COMMENTEE = 0.02


@dataclass
class Fragment:
    """Les lignes d'un lot dans un fichier mensuel.

    Attributes:
        lignes: lignes CSV, modifiables.
        libres: rangs des lignes que l'on peut salir.
        reperes: (rang, code) des lignes de vérité.
    """

    lignes: list[str] = field(default_factory=list)
    libres: list[int] = field(default_factory=list)
    reperes: list[tuple[int, str]] = field(default_factory=list)


def mois_de_fichier(scenario: Scenario, mois: Periode) -> Periode:
    """Fichier où part un mois : le sien, ou le suivant si le sien est resté vide."""
    return mois.decaler(1) if str(mois) in scenario.profil.mois_vides else mois


def fragmenter(
    scenario: Scenario,
    reseau: list[Etablissement],
    jours: pl.DataFrame,
    enfants: pl.DataFrame,
    lot: int,
) -> dict[str, Fragment]:
    """Lignes de pointage du second logiciel, par mois (AAAA-MM) d'activité.

    Args:
        scenario: le scénario.
        reseau: établissements.
        jours: enfants-jours d'un lot ; ceux d'avant la bascule sont laissés de côté.
        enfants: identités, avec `code_ribambelle`.
        lot: numéro du lot.

    Returns:
        Fragments par mois d'activité, dans l'ordre des mois.
    """
    tirage = scenario.tirage(_ETAPE, lot)
    jours = jours.filter(pl.col("date") >= scenario.profil.bascule)
    commentaires = _commenter(scenario, tirage, jours)
    jours = jours.join(
        enfants.select("enfant", "code_ribambelle", "nom", "prenom", "naissance"),
        on="enfant",
        maintain_order="left",
    )
    codes = pl.Series([e.code for e in reseau])
    noms = pl.Series([e.nom for e in reseau])
    libelles = liste_fermee("motifs_absence")
    motifs = pl.Series([None, *(libelles[m] for m in MOTIFS[1:])])
    texte = jours.select(
        codes.gather(jours["etablissement"]).alias("code"),
        noms.gather(jours["etablissement"]).alias("etablissement_nom"),
        "code_ribambelle",
        "nom",
        "prenom",
        date_fr("naissance"),
        pl.Series(SECTIONS).gather(jours["section"]).alias("section"),
        date_fr("date"),
        heure(jours["arrivee"]).alias("arrivee"),
        heure(jours["depart"]).alias("depart"),
        duree(jours["reserve"]).alias("reserve"),
        duree(jours["realise"]).alias("realise"),
        motifs.gather(jours["motif"]).alias("motif"),
        commentaires.alias("commentaire"),
    )
    fragments = {}
    etats = jours.select(
        mois=pl.col("date").dt.strftime("%Y-%m"),
        fait="fait",
        libre=pl.col("fait").is_null() & ~pl.col("protege") & (pl.col("motif") == 0),
    )
    for mois in etats["mois"].unique().sort():
        ici = etats["mois"] == mois
        etat = etats.filter(ici)
        faits = etat["fait"].to_list()
        fragments[mois] = Fragment(
            en_lignes(texte.filter(ici)),
            np.flatnonzero(etat["libre"]).tolist(),
            [(rang, fait) for rang, fait in enumerate(faits) if fait],
        )
    return fragments


def _commenter(scenario: Scenario, tirage: np.random.Generator, jours: pl.DataFrame) -> pl.Series:
    """Un commentaire anodin de temps en temps ; un nom et un téléphone là où c'est planté."""
    banals = [None, *scenario.noms["commentaires"]]
    tires = tirage.integers(1, len(banals), len(jours))
    tires[tirage.random(len(jours)) > _PART_COMMENTEE] = 0
    commentaires = pl.Series(banals, dtype=pl.String).gather(tires)
    plantes = jours["fait"].eq("donnee_personnelle").fill_null(False)
    textes = [
        f"{tirage.choice(scenario.noms['appels'])} Mme {tirage.choice(scenario.noms['noms'])} "
        f"au 06 39 98 {tirage.integers(10, 99)} {tirage.integers(10, 99)}"
        for _ in plantes.arg_true()
    ]
    if not textes:
        return commentaires
    return commentaires.scatter(plantes.arg_true(), textes)


def lignes_de_factures(
    reseau: list[Etablissement],
    factures: pl.DataFrame,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
    espace: str,
) -> list[str]:
    """Lignes CSV de factures d'un mois.

    Args:
        reseau: établissements.
        factures: résultat de `factures.facturer`, un seul mois.
        enfants: identités.
        familles: pour le numéro d'allocataire.
        espace: `berceau` ou `ribambelle`, le logiciel dont on prend les identifiants.
    """
    table = factures.join(
        enfants.select("enfant", "famille", f"code_{espace}", "nom", "prenom", "naissance"),
        on="enfant",
        maintain_order="left",
    ).join(familles.select("famille", "allocataire_ecrit"), on="famille", maintain_order="left")
    texte = table.select(
        pl.Series([e.code for e in reseau]).gather(table["etablissement"]).alias("code"),
        f"code_{espace}",
        "nom",
        "prenom",
        date_fr("naissance"),
        "allocataire_ecrit",
        pl.col("mois").dt.strftime("%m/%Y"),
        decimal_fr(pl.col("heures")),
        decimal_fr(pl.col("tarif")),
        pl.concat_str(pl.lit("0,"), pl.col("taux").cast(pl.String).str.zfill(4)),
        decimal_fr(pl.col("montant")),
        decimal_fr(pl.col("ressources")),
    )
    return en_lignes(texte)
