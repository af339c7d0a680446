"""Besoin × accessibilité, en quatre cas : où chercher d'abord, et ce qui n'est pas sûr."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rtpe_analyse.methodes.medianes import mediane_ponderee
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.cartes import carte_des_classes
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.montage import INCERTAINE, enumerer
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure

TITRE = "Besoin et accès, en quatre cas"
BESOIN, ACCES, RANG_BAS, RANG_HAUT = "B2", "B3", "B2b", "B2h"
CAS = {
    (True, False): "Fort besoin, faible accès",
    (True, True): "Fort besoin, bon accès",
    (False, False): "Besoin moindre, faible accès",
    (False, True): "Besoin moindre, bon accès",
}
PREMIER = CAS[True, False]
SENS = {
    CAS[True, False]: "à regarder d'abord : créer, étendre ou réserver des places.",
    CAS[True, True]: "veiller à qui occupe les places, et à leur coût pour les familles.",
    CAS[False, False]: "peu de places à portée, pour un besoin moins marqué.",
    CAS[False, True]: "pas de priorité d'après ces deux chiffres.",
}
MANQUE = (
    "Il y faut l'indice de besoin et les places accessibles d'au moins deux communes : compléter "
    "le référentiel public."
)


@dataclass(frozen=True)
class Croisement:
    """Les communes croisées.

    Attributes:
        noms: code → nom des communes du département.
        besoin: code → indice de besoin lisible.
        acces: code → places accessibles lisibles.
        coupures: indice et accès qui séparent les communes en deux moitiés d'enfants.
        cas: code → nom du cas.
        doutes: code → pourquoi son cas n'est pas sûr.
        annee: millésime de l'accès, dont viennent les enfants.
    """

    noms: Mapping[str, str]
    besoin: Mapping[str, Mesure]
    acces: Mapping[str, Mesure]
    coupures: tuple[float, float]
    cas: Mapping[str, str]
    doutes: Mapping[str, str]
    annee: str

    def enfants(self, nom: str) -> float:
        """Enfants de moins de 3 ans des communes d'un cas."""
        return sum(self.acces[z].denominateur or 0 for z, c in self.cas.items() if c == nom)

    @property
    def tous(self) -> float:
        """Enfants de moins de 3 ans de toutes les communes classées."""
        return sum(self.acces[z].denominateur or 0 for z in self.cas)


def quatre_cas(contexte: Contexte) -> Restitution:
    """Figure : les communes selon l'indice de besoin (B2) et les places accessibles (B3).

    Les coupures sont les médianes pondérées par les enfants de moins de 3 ans : la moitié des
    enfants habite de chaque côté. Une commune dont l'intervalle de rang passe la coupure, ou
    que le choix du rayon fait changer de côté, est marquée incertaine.
    """
    lu = croiser(contexte)
    if lu is None:
        return sans_figure(TITRE, MANQUE)
    precisions = {
        z: f"indice {lu.besoin[z].nombre}, {lu.acces[z].nombre} places pour 100 enfants"
        + (f" ; {lu.doutes[z]}" if z in lu.doutes else "")
        for z in lu.cas
    }
    premiers = [z for z, c in lu.cas.items() if c == PREMIER]
    conclusion = f"{TITRE} : aucune commune n'a à la fois un fort besoin et un faible accès"
    if premiers:
        part = formats.pourcentage(lu.enfants(PREMIER) / lu.tous, 0)
        conclusion = (
            f"Fort besoin et faible accès : {formats.compte(len(premiers), 'commune')}, où vivent "
            f"{part} des enfants de moins de 3 ans"
        )
    if contexte.maille != "departement" and (
        siennes := [z for z in contexte.communes if z in lu.cas]
    ):
        dedans = sum(lu.cas[z] == PREMIER for z in siennes)
        sont = f"{formats.compte(dedans, 'commune')} sur {len(siennes)}"
        conclusion = f"{contexte.titre} : {sont} en {PREMIER.lower()}"
    return carte_des_classes(
        contexte,
        TITRE,
        conclusion,
        "Commune",
        lu.cas,
        SENS,
        precisions=precisions,
        saillante=PREMIER,
        incertaines=lu.doutes.keys(),
    )


def quatre_cas_en_mots(contexte: Contexte) -> Restitution:
    """Phrases : chaque cas, ses communes, les cas incertains, les coupures.

    Le département y lit toutes ses communes et leurs enfants, un territoire les siennes seules.
    """
    lu = croiser(contexte)
    if lu is None:
        return encadre(TITRE, [MANQUE])
    indice, acces = lu.coupures
    coupures = [
        "Les coupures sont les médianes des communes, chacune comptant pour ses enfants de moins "
        f"de 3 ans : un indice de besoin de {formats.nombre(indice, 1)} et "
        f"{formats.nombre(100 * acces, 1)} places accessibles pour 100 enfants ({lu.annee}). "
        "Elles partagent le département, elles ne disent pas ce qui suffirait."
    ]
    if contexte.maille != "departement":
        return paragraphes([*_siennes(contexte, lu), *coupures])
    dites = []
    for nom in CAS.values():
        zones = [z for z, c in lu.cas.items() if c == nom]
        if not zones:
            dites.append(f"{nom} : aucune commune.")
            continue
        # Le cas à regarder d'abord nomme toutes ses communes.
        noms = [lu.noms[z] for z in zones]
        cites = formats.enumeration(noms) if nom == PREMIER else enumerer(lu.noms, zones)
        dites.append(
            f"{nom} : {formats.compte(len(zones), 'commune')}, "
            f"{formats.nombre(lu.enfants(nom))} enfants de moins de 3 ans "
            f"({formats.pourcentage(lu.enfants(nom) / lu.tous, 0)}) : {cites}."
        )
    if surs := [lu.noms[z] for z, c in lu.cas.items() if c == PREMIER and z not in lu.doutes]:
        dites.append(
            "Fort besoin et faible accès quels que soient les poids de l'indice et le rayon : "
            f"{formats.enumeration(surs)}."
        )
    if doutes := list(lu.doutes):
        sont, classees = ("est", "classée") if len(doutes) == 1 else ("sont", "classées")
        dites.append(
            f"{formats.compte(len(doutes), 'commune')} {sont} trop près d'une coupure pour être "
            f"{classees} sûrement : {enumerer(lu.noms, doutes)}."
        )
    absentes = [z for z in lu.noms if z not in lu.cas]
    if absentes:
        dites.append(f"Sans indice ou sans accès connu : {enumerer(lu.noms, absentes)}.")
    return paragraphes([*dites, *coupures])


def _siennes(contexte: Contexte, lu: Croisement) -> list[str]:
    """Les communes de la zone, cas par cas, et pourquoi certaines ne sont pas classées sûrement."""
    siennes = [z for z in contexte.communes if z in lu.cas]
    dites = []
    for nom in CAS.values():
        zones = [z for z in siennes if lu.cas[z] == nom]
        if zones:
            noms = [lu.noms[z] + f" ({INCERTAINE})" * (z in lu.doutes) for z in zones]
            dites.append(f"{nom} : {formats.enumeration(noms)}.")
    douteuses = [f"{lu.noms[z]}, {lu.doutes[z]}" for z in siennes if z in lu.doutes]
    if douteuses:
        dites.append(
            f"{INCERTAINE} : classement qui dépend des poids de l'indice ou du rayon de l'accès "
            f"({' ; '.join(douteuses)})."
        )
    absentes = [contexte.communes[z] for z in contexte.communes if z not in lu.cas]
    if absentes:
        dites.append(f"Sans indice ou sans accès connu : {formats.enumeration(absentes)}.")
    return dites


def croiser(contexte: Contexte) -> Croisement | None:
    """Les communes du département croisées ; absent si moins de deux ont les deux chiffres."""
    siennes = contexte.zones("commune").filter(pl.col("parent") == contexte.departement)
    noms = dict(siennes.sort("libelle", "zone").select("zone", "libelle").iter_rows())
    lues = {code: _lire(contexte, code, noms) for code in (BESOIN, ACCES, RANG_BAS, RANG_HAUT)}
    besoin, acces = lues[BESOIN], lues[ACCES]
    communes = [z for z in noms if z in besoin and z in acces]
    coupures = _coupures(communes, besoin, acces)
    if len(communes) < 2 or coupures is None:
        return None
    forts = {z: _valeur(besoin[z]) >= coupures[0] for z in communes}
    bons = {z: _valeur(acces[z]) >= coupures[1] for z in communes}
    rang = sum(forts.values())
    doutes: dict[str, list[str]] = {}
    for z in communes:
        if z in lues[RANG_BAS] and z in lues[RANG_HAUT]:
            bas, haut = _valeur(lues[RANG_BAS][z]), _valeur(lues[RANG_HAUT][z])
            if bas <= rang < haut:
                de_a = f"rang de besoin entre {formats.nombre(bas)} et {formats.nombre(haut)}"
                doutes.setdefault(z, []).append(de_a)
    for rayon, autres in _par_rayon(contexte, noms, acces).items():
        coupees = _coupures(communes, besoin, autres)
        for z in communes:
            if z in autres and coupees and (_valeur(autres[z]) >= coupees[1]) != bons[z]:
                doutes.setdefault(z, []).append(f"accès de l'autre côté à {rayon}")
    return Croisement(
        noms,
        besoin,
        acces,
        coupures,
        {z: CAS[forts[z], bons[z]] for z in communes},
        {z: ", ".join(textes) for z, textes in doutes.items()},
        next(iter(acces.values())).millesime,
    )


def _lire(contexte: Contexte, code: str, noms: Mapping[str, str]) -> dict[str, Mesure]:
    grille = contexte.grille([code], "commune", noms)
    annee = grille.derniere_lisible(code, noms, contexte.periode.annee)
    mesures = {z: grille.lire(code, z, annee) for z in noms}
    return {z: m for z, m in mesures.items() if m.lisible}


def _par_rayon(
    contexte: Contexte, noms: Mapping[str, str], acces: Mapping[str, Mesure]
) -> dict[str, dict[str, Mesure]]:
    annee = next(iter(acces.values())).millesime
    grille = contexte.grille([ACCES], "commune", noms, [annee], ventilation="rayon")
    lues = {r: {z: grille.lire(ACCES, z, annee, r) for z in noms} for r in grille.modalites(ACCES)}
    return {r: {z: m for z, m in suite.items() if m.lisible} for r, suite in lues.items()}


def _coupures(
    communes: list[str], besoin: Mapping[str, Mesure], acces: Mapping[str, Mesure]
) -> tuple[float, float] | None:
    lues = [z for z in communes if z in acces]
    enfants = [acces[z].denominateur or 0.0 for z in lues]
    indice = mediane_ponderee([_valeur(besoin[z]) for z in lues], enfants)
    places = mediane_ponderee([_valeur(acces[z]) for z in lues], enfants)
    return None if indice is None or places is None else (indice, places)


def _valeur(mesure: Mesure) -> float:
    return mesure.valeur or 0.0
