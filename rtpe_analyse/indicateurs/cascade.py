"""Famille « cascade » : où sont passées les places, de l'agrément à l'enfant présent.

Une identité comptable par établissement et par mois, exacte en entiers : chaque heure agréée
se retrouve dans une ligne et une seule. La table des lignes est dans `docs/cascade.md`.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.agregation import calculer, compter
from rtpe_analyse.indicateurs.cascade_lignes import (
    ATTRIBUE,
    CONTRACTUALISE,
    PRESENT,
    Lignes,
    etablir,
)
from rtpe_analyse.indicateurs.cascade_places import AGREE, OUVERT, PREVU
from rtpe_analyse.indicateurs.contributeurs import enfants_venus
from rtpe_analyse.indicateurs.modele import Additif, Indicateur, SommeDeMoyennes
from rtpe_analyse.indicateurs.parts import (
    DETAIL_AU_TRIMESTRE,
    HORS_DETAIL_COMMUNAL,
    en_parts,
    en_unites,
    etat,
)
from rtpe_analyse.indicateurs.presences import INCONNU
from rtpe_analyse.indicateurs.rattachement import rattacher
from rtpe_analyse.indicateurs.table import CLE_ZONE
from rtpe_analyse.nomenclatures import liste_fermee

VENTILATION, MOTIF = "cascade", "motif"
LIGNES = tuple(liste_fermee("lignes_cascade"))
_FRONTIERE = next(rang for rang, ligne in enumerate(LIGNES) if ligne.endswith(f"_{OUVERT}"))
DES_PLACES, DES_ENFANTS = LIGNES[: _FRONTIERE + 1], LIGNES[_FRONTIERE + 1 :]

_SANS_CALENDRIER = (
    "Non calculable sans calendrier, si un jour prévu n'a pas d'agrément en vigueur, ou si les "
    "places ouvertes d'un jour ouvert ne sont pas déclarées."
)
_SANS_CONTRAT = (
    f"{_SANS_CALENDRIER} Non calculable sans contrat reçu, ni si les présences du mois manquent ; "
    "à vérifier si des contrats n'ont ni planning ni heures."
)
_SOURCE_PLACES = "agréments, ouvertures"
_SOURCE_ENFANTS = "agréments, ouvertures, contrats, plannings, demandes, pointages"

INDICATEURS = (
    Indicateur(
        code="K1",
        libelle="Cascade : des places agréées aux places ouvertes",
        unite="h",
        agregation=Additif("places_tuh"),
        numerateur="heures-places de chaque ligne, signées",
        champ="Tous les jours où l'agrément en vigueur a une plage, calendrier écrit ou non.",
        definition="Places agréées, moins les fermetures prévues (cause par cause), égalent les "
        "places prévues (H0) ; moins les fermetures subies, totales ou partielles, elles égalent "
        "les places ouvertes.",
        source=_SOURCE_PLACES,
        limites=f"{_SANS_CALENDRIER} Une fermeture sans cause enregistrée a sa ligne : les autres "
        "causes valent au moins leur ligne, et au plus leur ligne et celle-là.",
    ),
    Indicateur(
        code="K2",
        libelle="Cascade : des places ouvertes à l'enfant présent",
        unite="h",
        agregation=Additif("enfants_tuh"),
        numerateur="heures de chaque ligne, signées",
        champ="Jours réellement ouverts ; les présences un jour fermé ont leur ligne.",
        definition="Places ouvertes, moins celles qu'aucun enfant ne tient, moins le temps partiel "
        "non complété, égalent les heures contractuelles ; moins les absences et les présences "
        "écourtées, plus les dépassements et présences imprévues, elles égalent H1.",
        source=_SOURCE_ENFANTS,
        limites=f"{_SANS_CONTRAT} Une place est tenue tant qu'un enfant sous contrat (ou accepté) "
        "lui répond, même un jour où il n'est pas attendu : ce jour-là va au temps partiel.",
        contributeur="population",
        au_trimestre="somme",
        entraine_par="T1",
    ),
    Indicateur(
        code="K1p",
        libelle="Cascade jusqu'aux places ouvertes, en équivalents-places",
        unite="places",
        agregation=SommeDeMoyennes("places_tuh", "place_tuh"),
        numerateur="heures-places de chaque ligne / heures d'une place agréée",
        champ="Comme K1.",
        definition="Chaque ligne de K1 rapportée aux heures d'une place agréée de l'établissement "
        "sur la période ; une zone additionne ses établissements.",
        source=_SOURCE_PLACES,
        limites="Comme K1.",
        decimales=1,
    ),
    Indicateur(
        code="K2p",
        libelle="Cascade jusqu'à l'enfant présent, en équivalents-places",
        unite="places",
        agregation=SommeDeMoyennes("enfants_tuh", "place_tuh"),
        numerateur="heures de chaque ligne / heures d'une place agréée",
        champ="Comme K2.",
        definition="Chaque ligne de K2 rapportée aux heures d'une place agréée de l'établissement "
        "sur la période ; une zone additionne ses établissements.",
        source=_SOURCE_ENFANTS,
        limites="Comme K2.",
        contributeur="population",
        entraine_par="T1",
        decimales=1,
    ),
    Indicateur(
        code="K3",
        libelle="Heures contractuelles perdues, par motif d'absence",
        unite="h",
        agregation=Additif("absence_tuh"),
        numerateur="heures prévues au contrat des journées d'absence",
        champ="Journées entières d'absence, jours réellement ouverts.",
        definition="Somme des heures prévues au contrat les jours où l'enfant n'est pas venu, par "
        "motif enregistré ; sans motif ni pointage : non précisé.",
        source="contrats, plannings, pointages, ouvertures",
        limites="Le motif est celui de la saisie. L'effectif d'un motif compte ses absents ; celui "
        "de l'ensemble, les enfants de K2, dont il redit une ligne. Les motifs ne sont donnés ni à "
        "la commune, ni au mois pour un établissement.",
        contributeur="absents",
        au_trimestre="somme",
        redit="K2",
        entraine_par="T1",
    ),
)
_PLACES, _ENFANTS = ("K1", "K1p"), ("K2", "K2p")


def calculer_cascade(lieux: Lieux, le: date) -> pl.DataFrame:
    """Indicateurs de la famille, toutes mailles, mois et trimestres échus au jour `le`.

    Returns:
        K1, K2 et leurs équivalents-places : ventilation `cascade`, une modalité par ligne,
        toutes présentes dans chaque zone ; l'effectif de K2 est le même pour toutes les lignes
        d'une zone (elles se masquent ensemble : aucune ne se déduit des autres). K3 :
        ventilation `motif`, et la valeur d'ensemble.

    Raises:
        ErreurControle: une ligne ne se raccorde pas, ou l'identité ne tombe pas juste.
    """
    lignes = etablir(lieux, le)
    des_places = en_parts([_mesures(lignes, DES_PLACES, "places")], lieux, le)
    des_enfants = en_parts([_mesures(lignes, DES_ENFANTS, "enfants")], lieux, le)
    controler_cascade(des_places, des_enfants)
    population = _compter_population(des_enfants, lignes, lieux, le)
    declares = {i.code: i for i in INDICATEURS}
    return pl.concat(
        [
            calculer([declares[c] for c in _PLACES], des_places),
            calculer(
                [declares[c] for c in _ENFANTS], des_enfants, effectifs={"population": population}
            ),
            _calculer_absences(declares["K3"], lignes, population, lieux, le),
        ]
    )


def controler_cascade(des_places: pl.DataFrame, des_enfants: pl.DataFrame) -> None:
    """Chaque palier égale le précédent et ses lignes, à l'unité près, d'une moitié à l'autre.

    Args:
        des_places: parts de la première moitié (voir `en_parts`).
        des_enfants: parts de la seconde.

    Raises:
        ErreurControle: une heure manque, ou compte deux fois.
    """
    cle = ["pas", "periode", "etablissement", "territoire"]
    large = (
        pl.concat(
            moitie.select(*cle, "modalite", valeur=mesure)
            for moitie, mesure in ((des_places, "places_tuh"), (des_enfants, "enfants_tuh"))
        )
        .drop_nulls("valeur")
        .group_by(*cle, "modalite")
        .agg(pl.col("valeur").sum())
        .pivot(on="modalite", index=cle, values="valeur")
    )
    for palier, precedent, entre in _paliers([*DES_PLACES, *DES_ENFANTS]):
        # Une moitié inconnue partout n'a pas de colonne ; inconnue ici, elle est vide.
        if palier not in large.columns:
            continue
        faux = large.filter(
            pl.col(palier) != pl.sum_horizontal([precedent, *entre], ignore_nulls=False)
        )
        if faux.height:
            raise ErreurControle(
                f"La cascade ne tombe pas juste au palier « {palier} » pour {faux.height} "
                "établissement(s) × période.",
                "Signaler ce message à qui maintient l'outil.",
            )


def _paliers(lignes: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Les paliers : (palier, palier d'avant, lignes qui les séparent)."""
    niveaux = {AGREE, PREVU, OUVERT, ATTRIBUE, CONTRACTUALISE, PRESENT}
    paliers: list[tuple[str, str, list[str]]] = []
    precedent, entre = "", list[str]()
    for ligne in lignes:
        if ligne.partition("_")[2] not in niveaux:
            entre.append(ligne)
            continue
        if precedent:
            paliers.append((ligne, precedent, entre))
        precedent, entre = ligne, []
    return paliers


def _mesures(lignes: Lignes, noms: tuple[str, ...], moitie: str) -> pl.DataFrame:
    """Établissement × mois × ligne, toutes les lignes présentes, prêtes pour `en_parts`."""
    modalites = pl.DataFrame({"modalite": noms}).with_columns(
        ligne=pl.col("modalite").str.replace(r"^\d+_", "")
    )
    inconnu = pl.col(f"{moitie}__etat") == INCONNU
    mesure = f"{moitie}_tuh"
    return (
        lignes.mois.join(modalites, how="cross")
        .join(lignes.valeurs, on=["etablissement", "date", "ligne"], how="left")
        .select(
            "etablissement",
            "date",
            "modalite",
            ventilation=pl.lit(VENTILATION),
            place_tuh="place_tuh",
            **{
                mesure: pl.when(~inconnu).then(pl.col("valeur_tuh").fill_null(0)),
                etat(mesure): pl.col(f"{moitie}__etat"),
            },
        )
    )


def _compter_population(
    parts: pl.DataFrame, lignes: Lignes, lieux: Lieux, le: date
) -> pl.DataFrame:
    """Contributeurs de chaque zone, répétés à chaque ligne.

    Le plus petit compte non nul des enfants sous contrat ou présents, et des enfants accueillis
    (ceux de H1) : la dernière ligne est H1, elle ne se montre pas où H1 se cache.
    """
    une = DES_ENFANTS[0]
    d_une_ligne = parts.filter(pl.col("modalite") == une)
    choix = {"ventilation": pl.lit(VENTILATION), "modalite": pl.lit(une)}
    tous = en_unites(rattacher(lignes.population, lieux), le).with_columns(**choix)
    _, accueillis = enfants_venus(lieux, le)
    presents = compter(d_une_ligne, accueillis.with_columns(**choix), "presents", "enfants_tuh")
    base = compter(d_une_ligne, tous, "population", "enfants_tuh").join(
        presents.select(*CLE_ZONE, "presents"), on=CLE_ZONE
    )
    venu = pl.when(pl.col("presents") > 0).then("presents")
    base = base.with_columns(population=pl.min_horizontal("population", venu)).drop("presents")
    toutes = pl.DataFrame({"modalite": DES_ENFANTS})
    return base.drop("modalite").join(toutes, how="cross").select(base.columns)


def _calculer_absences(
    indicateur: Indicateur, lignes: Lignes, population: pl.DataFrame, lieux: Lieux, le: date
) -> pl.DataFrame:
    motifs = liste_fermee("motifs_absence")
    couples = pl.DataFrame(
        [("", ""), *((MOTIF, motif) for motif in motifs)],
        schema={"ventilation": pl.String, "modalite": pl.String},
        orient="row",
    )
    detail = lignes.absences.with_columns(ventilation=pl.lit(MOTIF), modalite="motif")
    toutes = pl.concat(
        [detail, detail.with_columns(ventilation=pl.lit(""), modalite=pl.lit(""))]
    ).drop("motif")
    cle = ["etablissement", "date", "ventilation", "modalite"]
    inconnu = pl.col("enfants__etat") == INCONNU
    mesures = (
        lignes.mois.join(couples, how="cross")
        .join(toutes.group_by(cle).agg(pl.col("absence_tuh").sum()), on=cle, how="left")
        .select(
            *cle,
            absence_tuh=pl.when(~inconnu).then(pl.col("absence_tuh").fill_null(0)),
            absence_tuh__etat="enfants__etat",
        )
    )
    parts = en_parts([mesures], lieux, le)
    unites = en_unites(rattacher(toutes.drop("absence_tuh"), lieux), le)
    absents = compter(parts, unites, "absents", "absence_tuh")
    # L'ensemble redit une ligne de K2 : il parle des mêmes enfants, sauf s'il est nul.
    zone = ["pas", "periode", "maille", "zone"]
    de_k2 = population.filter(pl.col("modalite") == DES_ENFANTS[0]).select(*zone, "population")
    redit = (pl.col("ventilation") == "") & (pl.col("absents") > 0)
    absents = (
        absents.join(de_k2, on=zone, how="left", maintain_order="left")
        .with_columns(absents=pl.when(redit).then("population").otherwise("absents"))
        .drop("population")
    )
    # Les motifs d'un mois dans un établissement feraient masquer quatre cascades sur cinq.
    au_detail = DETAIL_AU_TRIMESTRE | (pl.col("maille") != "etablissement")
    return calculer([indicateur], parts, effectifs={"absents": absents}).filter(
        HORS_DETAIL_COMMUNAL, au_detail
    )
