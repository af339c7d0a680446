"""Les saletés de ligne des pointages : une faute à la fois, jamais deux sur une ligne."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rtpe_analyse.exemple.faits import Plantation
from rtpe_analyse.exemple.pointages import Fragment, mois_de_fichier
from rtpe_analyse.exemple.reseau import Etablissement
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import sans_accents
from rtpe_analyse.modeles import Periode

_ETAPE = 12
_CODE, _NOM, _DATE, _ARRIVEE, _DEPART, _RESERVE, _MOTIF, _COMMENTAIRE = 0, 1, 7, 8, 9, 10, 12, 13
_LIGNES_MINIMALES = 60
ANNEE_FUTURE = "2035"


@dataclass(frozen=True)
class Atelier:
    """Ce qu'il faut savoir du réseau pour salir une ligne.

    Attributes:
        tronques: code d'établissement → écriture amputée qui n'a qu'une lecture.
    """

    tronques: dict[str, str]


Geste = Callable[[list[str], Atelier], list[str] | None]


def monter(reseau: list[Etablissement]) -> Atelier:
    """Prépare les écritures amputées sans ambiguïté."""
    codes = [e.code for e in reseau] + [e.dossier_afc for e in reseau]
    formes = {code: _amputations(code) for code in codes}
    compte = Counter(forme for siennes in formes.values() for forme in siennes)
    return Atelier(
        {
            e.code: uniques[0]
            for e in reseau
            if (uniques := [f for f in formes[e.code] if compte[f] == 1 and f not in formes])
        }
    )


def _amputations(code: str) -> list[str]:
    """Sans un ou plusieurs zéros de tête, ou sans le dernier caractère."""
    trouve = re.match(r"^(\D*)(0+)(\d+)$", code)
    zeros = [trouve[1] + "0" * k + trouve[3] for k in range(len(trouve[2]))] if trouve else []
    return [*dict.fromkeys(zeros), code[:-1]]


def _remplacer(rang: int, valeur: str) -> Callable[[list[str], Atelier], list[str]]:
    def geste(champs: list[str], atelier: Atelier) -> list[str]:
        return [*champs[:rang], valeur, *champs[rang + 1 :]]

    return geste


def _date_impossible(champs: list[str], atelier: Atelier) -> list[str]:
    return _remplacer(_DATE, f"31/02/{champs[_DATE][-4:]}")(champs, atelier)


def _date_future(champs: list[str], atelier: Atelier) -> list[str]:
    return _remplacer(_DATE, f"{champs[_DATE][:6]}{ANNEE_FUTURE}")(champs, atelier)


def _inverser(champs: list[str], atelier: Atelier) -> list[str]:
    sale = list(champs)
    sale[_ARRIVEE], sale[_DEPART] = champs[_DEPART], champs[_ARRIVEE]
    return sale


def _ambigue(champs: list[str], atelier: Atelier) -> list[str]:
    ecrite = champs[_ARRIVEE].lstrip("0").replace(":", ",")
    return _remplacer(_ARRIVEE, ecrite)(champs, atelier)


def _en_h(champs: list[str], atelier: Atelier) -> list[str]:
    ecrite = champs[_ARRIVEE].lstrip("0").replace(":", "h")
    return _remplacer(_ARRIVEE, ecrite)(champs, atelier)


def _malformee(champs: list[str], atelier: Atelier) -> list[str]:
    return [*champs[:_COMMENTAIRE], "goûter pris", "sieste courte", "doudou à la maison"]


def _tronquer(champs: list[str], atelier: Atelier) -> list[str] | None:
    forme = atelier.tronques.get(champs[_CODE])
    return [forme, *champs[1:]] if forme else None


def _nommer(champs: list[str], atelier: Atelier) -> list[str]:
    court = champs[_NOM].removeprefix("Crèche ")
    variantes = (sans_accents(champs[_NOM]), f"Crèche dép. {court}")
    return [variantes[len(court) % 2], *champs[1:]]


def _bourrer(champs: list[str], atelier: Atelier) -> list[str]:
    return [f" {champs[_CODE]}  ", *champs[1:]]


GESTES: dict[str, Geste] = {
    "date_impossible": _date_impossible,
    "date_future": _date_future,
    "depart_avant_arrivee": _inverser,
    "heure_ambigue": _ambigue,
    "heure_illisible": _remplacer(_ARRIVEE, "#REF!"),
    "nombre_illisible": _remplacer(_RESERVE, "n.c."),
    "valeur_absente": _remplacer(_DATE, ""),
    "code_inconnu": _remplacer(_CODE, "Z404"),
    "valeur_inconnue": _remplacer(_MOTIF, "Voyage scolaire"),
    "ligne_malformee": _malformee,
    "heure_en_h": _en_h,
    "code_tronque": _tronquer,
    "nom_de_lieu": _nommer,
    "bourrage": _bourrer,
}
DOUBLONS = ("doublon_exact", "doublon_entre_fichiers")


def salir(
    scenario: Scenario,
    fragments: dict[str, Fragment],
    atelier: Atelier,
    lot: int,
    plantation: Plantation,
    lots_restants: int,
) -> None:
    """Salit en place des lignes ordinaires d'un lot, et note lesquelles.

    Args:
        scenario: le scénario.
        fragments: lignes par mois d'activité (AAAA-MM).
        atelier: résultat de `monter`.
        lot: numéro du lot.
        plantation: décompte par code, modifié.
        lots_restants: lots à faire, celui-ci compris.
    """
    tirage = scenario.tirage(_ETAPE, lot)
    ordinaires = [
        mois
        for mois, fragment in fragments.items()
        if len(fragment.libres) >= _LIGNES_MINIMALES
        and str(mois_de_fichier(scenario, Periode.lire(mois))) == mois
        and str(Periode.lire(mois).decaler(-1)) not in scenario.profil.mois_vides
    ]
    suivis = [m for m in ordinaires if str(Periode.lire(m).decaler(1)) in ordinaires]
    for code in (*GESTES, *DOUBLONS):
        for _ in range(plantation.part(code, lots_restants)):
            admis = suivis if code == "doublon_entre_fichiers" else ordinaires
            mois = str(tirage.choice(admis)) if admis else ""
            if mois and _salir_une(code, fragments, mois, atelier, tirage):
                plantation.reste[code] -= 1


def _salir_une(
    code: str,
    fragments: dict[str, Fragment],
    mois: str,
    atelier: Atelier,
    tirage: np.random.Generator,
) -> bool:
    fragment = fragments[mois]
    for _ in range(40):
        position = int(tirage.integers(0, len(fragment.libres)))
        rang = fragment.libres[position]
        ligne = fragment.lignes[rang]
        if code in DOUBLONS:
            retard = 0 if code == "doublon_exact" else 1
            cible = fragments[str(Periode.lire(mois).decaler(retard))]
            cible.reperes.append((len(cible.lignes), code))
            cible.lignes.append(ligne)
        else:
            sale = GESTES[code](ligne.split(";"), atelier)
            if sale is None:
                continue
            fragment.lignes[rang] = ";".join(sale)
            fragment.reperes.append((rang, code))
        del fragment.libres[position]
        return True
    return False
