"""Nettoyer un fichier : lire, typer, écarter les doublons, écrire ce qui est gardé ou non."""

from dataclasses import dataclass, replace

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurConservation, ErreurFichier
from rtpe_analyse.nettoyage.declarees import Declaree
from rtpe_analyse.nettoyage.doublons import separer_doublons
from rtpe_analyse.nettoyage.etats import (
    DROITS,
    EtatFichier,
    EtatTable,
    chemin_signalements,
    dossier_lus,
    ecrire_etat,
    effacer_sorties,
)
from rtpe_analyse.nettoyage.facons import Contexte, Facon
from rtpe_analyse.nettoyage.traces import (
    SCHEMA_CORRECTIONS,
    SCHEMA_REJETS,
    SCHEMA_SIGNALEMENTS,
)
from rtpe_analyse.nettoyage.typage import typer
from rtpe_analyse.nomenclatures.etablissements import (
    COLONNES_REPEREES,
    repertoire_dossiers,
    repertoire_etablissements,
)
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources import Descripteur, Fiche, Lecture, lire
from rtpe_analyse.tableaux import ecrire_parquet, empreinte_fichier


@dataclass(frozen=True)
class FichierNettoye:
    """Tables typées d'un fichier et tout ce qui en a été retiré ou corrigé.

    Attributes:
        tables: lignes gardées, avec `_fichier`, `_ligne`, `_lieu`.
        rejets: lignes rejetées ou écartées.
        corrections: cellules corrigées.
        signalements: faits gênants de lignes gardées.
        lues: lignes lues par table.
        declarees: rangs des corrections déclarées qui ont servi.
    """

    tables: dict[str, pl.DataFrame]
    rejets: pl.DataFrame
    corrections: pl.DataFrame
    signalements: pl.DataFrame
    lues: dict[str, int]
    declarees: frozenset[int]


def partition_de(table: str) -> pl.Expr:
    """Nom de la partition d'une ligne : `AAAA-MM`, `AAAA` ou `tout`."""
    colonne = TABLES[table].partition
    if colonne is None:
        return pl.lit("tout")
    if TABLES[table].colonnes[colonne].type == "date":
        return pl.col(colonne).dt.strftime("%Y-%m")
    return pl.col(colonne).cast(pl.String)


def nettoyer_lecture(
    lecture: Lecture,
    descripteur: Descripteur,
    fichier: str,
    contexte: Contexte,
    declarees: tuple[Declaree, ...] = (),
) -> FichierNettoye:
    """Type et dédoublonne les tables d'un fichier ; rien n'est écrit.

    La table `etablissements`, si le fichier la porte, passe la première : les autres tables du
    même fichier s'y réfèrent.

    Raises:
        ErreurConservation: si une ligne lue ne se retrouve ni gardée, ni rejetée, ni écartée.
        ErreurDescripteur: si une colonne obligatoire n'est pas décrite.
    """
    tables: dict[str, pl.DataFrame] = {}
    rejets = [lecture.issues.with_columns(valeur=pl.lit(None, pl.String))]
    corrections, signalements = [lecture.corrections], []
    servies: set[int] = set()
    for nom in sorted(lecture.tables, key=lambda t: (t != "etablissements", t)):
        source = descripteur.tables[nom]
        facons = {c: Facon.de(d) for c, d in source.colonnes.items()}
        lignes = lecture.tables[nom]
        typage = typer(nom, lignes, facons, contexte, declarees)
        gardees, doublons = separer_doublons(nom, typage.propres)
        if gardees.height + doublons.height + typage.rejets.height != lignes.height:
            raise ErreurConservation(
                f"Typage de « {nom} » : {lignes.height} lignes entrées, "
                f"{gardees.height + doublons.height + typage.rejets.height} sorties."
            )
        if nom == "etablissements":
            contexte = _avec_etablissements(contexte, gardees)
        schema = TABLES[nom].schema
        tables[nom] = gardees.with_columns(_fichier=pl.lit(fichier)).select(*schema, "_lieu")
        rejets += [typage.rejets, en_ecarts(nom, doublons, "doublon_exact")]
        corrections.append(typage.corrections)
        signalements.append(typage.signalements)
        servies |= typage.declarees
    return FichierNettoye(
        tables,
        _avec_fichier(rejets, fichier, SCHEMA_REJETS),
        _avec_fichier(corrections, fichier, SCHEMA_CORRECTIONS),
        _avec_fichier(signalements, fichier, SCHEMA_SIGNALEMENTS),
        lecture.lues,
        frozenset(servies),
    )


def en_ecarts(table: str, lignes: pl.DataFrame, code: str) -> pl.DataFrame:
    """Lignes écartées, à la forme des rejets (sans `fichier`)."""
    return lignes.select(
        table=pl.lit(table),
        ligne="_ligne",
        lieu="_lieu",
        colonne=pl.lit(""),
        code=pl.lit(code),
        issue=pl.lit("ecarte"),
        valeur=pl.lit(None, pl.String),
    )


def traiter(
    fiche: Fiche,
    descripteur: Descripteur,
    cle: bytes,
    contexte: Contexte,
    declarees: tuple[Declaree, ...],
    lieux: Lieux,
) -> EtatFichier:
    """Nettoie un fichier reçu et écrit ses sorties ; un fichier illisible laisse un refus.

    Args:
        fiche: fiche du fichier.
        descripteur: descripteur qui le lit.
        cle: clé de pseudonymisation du jeu (vide pour une source publique).
        contexte: répertoires de lieux et date de réception.
        declarees: corrections déclarées du jeu.
        lieux: dossiers du jeu.

    Raises:
        ErreurConservation: si des lignes se perdent.
    """
    fichier = fiche.empreinte_courte
    effacer_sorties(lieux, fichier)
    recu_le = fiche.recu_le.isoformat()
    vide = EtatFichier(fichier, fiche.source, fiche.nom, fiche.millesime, recu_le=recu_le)
    try:
        lecture = lire(fiche, descripteur, cle)
    except ErreurFichier as erreur:
        etat = replace(vide, refus=(erreur.code, str(erreur), erreur.remede))
        ecrire_etat(lieux, etat)
        return etat
    nettoye = nettoyer_lecture(lecture, descripteur, fichier, contexte, declarees)
    tables = {nom: _ecrire_table(lieux, nettoye, nom, fichier) for nom in nettoye.tables}
    for nom, t in tables.items():
        if t.lues != t.lignes + t.rejetees + t.ecartees:
            raise ErreurConservation(
                f"{fiche.nom}, table « {nom} » : {t.lues} lignes lues, mais {t.lignes} gardées, "
                f"{t.rejetees} rejetées et {t.ecartees} écartées.",
                "C'est un défaut du programme ou du descripteur : le signaler avec ce message.",
            )
    for chemin, table in (
        (lieux.rejets / fiche.source / f"{fichier}.parquet", nettoye.rejets),
        (lieux.corrections / fiche.source / f"{fichier}.parquet", nettoye.corrections),
        (chemin_signalements(lieux, fichier), nettoye.signalements),
    ):
        if table.height:
            ecrire_parquet(chemin, table, droits=DROITS)
    etat = replace(vide, tables=tables, declarees=tuple(sorted(nettoye.declarees)))
    ecrire_etat(lieux, etat)
    return etat


def _ecrire_table(lieux: Lieux, nettoye: FichierNettoye, nom: str, fichier: str) -> EtatTable:
    table = nettoye.tables[nom]
    chemin = dossier_lus(lieux, fichier) / f"{nom}.parquet"
    ecrire_parquet(chemin, table, droits=DROITS)
    partitions = table.group_by(partition_de(nom).alias("p")).len().sort("p")
    issues = nettoye.rejets.filter(pl.col("table") == nom)
    return EtatTable(
        lues=nettoye.lues[nom],
        rejetees=issues.filter(pl.col("issue") == "rejete").height,
        ecartees=issues.filter(pl.col("issue") == "ecarte").height,
        corrigees=nettoye.corrections.filter(pl.col("table") == nom).height,
        lignes=table.height,
        empreinte=empreinte_fichier(chemin),
        partitions=dict(partitions.iter_rows()),
    )


def _avec_etablissements(contexte: Contexte, propres: pl.DataFrame) -> Contexte:
    connus = propres.select(COLONNES_REPEREES)
    return replace(
        contexte,
        etablissements=repertoire_etablissements(connus),
        dossiers=repertoire_dossiers(connus),
    )


def _avec_fichier(
    morceaux: list[pl.DataFrame], fichier: str, schema: dict[str, pl.DataType]
) -> pl.DataFrame:
    colonnes = [c for c in schema if c != "fichier"]
    vide = pl.DataFrame(schema={c: schema[c] for c in colonnes})
    pleins = [m.select(colonnes) for m in morceaux if m.height]
    if not pleins:
        return pl.DataFrame(schema=schema)
    ensemble = pl.concat([vide, *pleins])
    return (
        ensemble.with_columns(fichier=pl.lit(fichier), lieu=pl.col("lieu").fill_null(""))
        .select(*schema)
        .sort("ligne", "lieu", "table", maintain_order=True)
    )
