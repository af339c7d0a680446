"""Le fond d'une carte : des tuiles placées d'après les positions, ou les contours donnés."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import polars as pl

from rtpe_analyse.methodes.tuiles import placer
from rtpe_analyse.restitution.contexte import Contexte

Anneaux = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Fond:
    """Où se dessine chaque zone.

    Attributes:
        formes: code → anneaux fermés, y vers le nord.
        sans_place: codes voulus qui n'ont ni position ni contour.
        en_tuiles: des carrés de côté 1, plutôt que de vrais contours.
        ecarts: défauts du fichier de contours ; vide s'il n'en a pas.
    """

    formes: Mapping[str, Anneaux]
    sans_place: list[str]
    en_tuiles: bool
    ecarts: str = ""

    @property
    def nature(self) -> str:
        """Comment la lire, en une phrase."""
        suite = f" Fichier de contours : {self.ecarts}." if self.ecarts else ""
        if self.en_tuiles:
            return f"Une tuile par zone, placée au plus près de sa position réelle.{suite}"
        return f"Contours du fichier donné par l'utilisateur.{suite}"

    @property
    def lignes(self) -> int:
        """Lignes de tuiles, du nord au sud ; 0 pour de vrais contours."""
        if not self.en_tuiles:
            return 0
        return len({round(_milieu(anneaux)[1]) for anneaux in self.formes.values()})

    def ou(self, codes: Iterable[str]) -> str:
        """Où se concentrent ces zones sur la carte : « au nord-ouest » ; vide si nulle part.

        Le centre de ces zones est comparé à celui de toutes : il faut s'en écarter d'un
        sixième de la carte (convention d'édition).
        """
        centres = {code: _milieu(anneaux) for code, anneaux in self.formes.items()}
        choisis = [centres[c] for c in codes if c in centres]
        if not choisis:
            return ""
        mots = []
        for axe, (moins, plus) in ((1, ("sud", "nord")), (0, ("ouest", "est"))):
            tous = [c[axe] for c in centres.values()]
            etendue = max(tous) - min(tous)
            decalage = _moyenne([c[axe] for c in choisis]) - _moyenne(tous)
            if etendue and abs(decalage) > etendue / 6:
                mots.append(plus if decalage > 0 else moins)
        if not mots:
            return ""
        return ("à l'" if mots[0] in ("ouest", "est") else "au ") + "-".join(mots)


def fond_des_zones(contexte: Contexte, maille: str, codes: Sequence[str]) -> Fond:
    """Le fond d'une carte : les contours s'ils sont donnés, sinon une tuile par zone.

    Args:
        contexte: zone et période du rapport.
        maille: maille des codes, `commune` ou `iris`.
        codes: zones voulues, dans un ordre quelconque.
    """
    donnes, ecarts = contexte.dossier.contours(maille)
    formes = _projeter({c: donnes[c] for c in codes if c in donnes})
    en_tuiles = not formes
    if en_tuiles:
        formes = _poser_tuiles(contexte, maille, codes)
    return Fond(formes, [c for c in codes if c not in formes], en_tuiles, ecarts)


def _projeter(contours: Mapping[str, Anneaux]) -> dict[str, Anneaux]:
    latitudes = [y for anneaux in contours.values() for a in anneaux for _, y in a]
    if not latitudes:
        return {}
    # Un degré de longitude est plus court qu'un degré de latitude.
    facteur = cos(radians(_moyenne(latitudes)))
    return {
        code: [[(x * facteur, y) for x, y in a] for a in anneaux]
        for code, anneaux in contours.items()
    }


def _poser_tuiles(contexte: Contexte, maille: str, codes: Sequence[str]) -> dict[str, Anneaux]:
    situees = (
        contexte.zones(maille)
        .filter(pl.col("zone").is_in(list(codes)))
        .drop_nulls(["latitude", "longitude"])
        .sort("zone")
    )
    cases = placer(situees["latitude"].to_list(), situees["longitude"].to_list())
    return {
        code: [_carre(colonne, -rangee)]
        for code, (rangee, colonne) in zip(situees["zone"], cases, strict=True)
    }


def _carre(x: float, y: float) -> list[tuple[float, float]]:
    return [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]


def _milieu(anneaux: Anneaux) -> tuple[float, float]:
    points = [p for a in anneaux for p in a]
    return _moyenne([x for x, _ in points]), _moyenne([y for _, y in points])


def _moyenne(valeurs: Sequence[float]) -> float:
    return sum(valeurs) / len(valeurs)
