"""De quoi parle un rapport : sa zone, sa période, et de quoi les comparer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.modeles import Maille, Periode
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.lecture import Dossier, Grille
from rtpe_analyse.restitution.mesures import Mesure

HORIZON = 12
_TITRES = {
    "etablissement": "Établissement",
    "territoire": "Territoire",
    "departement": "Département",
}


@dataclass(frozen=True)
class Repere:
    """La zone plus grande à laquelle celle du rapport se compare.

    Attributes:
        maille: sa maille.
        zone: son code ; vide s'il n'y en a pas.
        nom: comment la nommer dans une phrase : « le territoire ».
    """

    maille: Maille
    zone: str
    nom: str

    @property
    def titre(self) -> str:
        """En tête de ligne ou de série : « Territoire »."""
        return formats.majuscule(self.nom.removeprefix("le "))


class Contexte:
    """La zone, la période et les indicateurs d'un rapport.

    Se souvient des indicateurs demandés : la fin du rapport définit ceux-là, et eux seuls.

    Attributes:
        dossier: indicateurs lus.
        maille: `etablissement`, `territoire` ou `departement`.
        zone: code de la zone.
        periode: mois ou trimestre du rapport.
        edition: date d'édition, un paramètre ; absente si elle n'est pas donnée.
    """

    def __init__(
        self, dossier: Dossier, maille: Maille, zone: str, periode: str, edition: str
    ) -> None:
        self.dossier = dossier
        self.maille = maille
        self.zone = zone
        self.periode = Periode.lire(periode)
        self.edition = _date(edition)
        self.cites: dict[str, None] = {}
        self._verifier()

    @cached_property
    def nom(self) -> str:
        """« le territoire Nord », « le département Val-de-Marne », « l'établissement X »."""
        libelle = self.libelle(self.maille, self.zone)
        if self.maille == "etablissement":
            return f"l'établissement {libelle}"
        titre = "territoire" if self.maille == "territoire" else "département"
        if libelle.lower().startswith(titre):
            libelle = libelle[len(titre) :].strip()
        return f"le {titre} {libelle}"

    @property
    def titre(self) -> str:
        """Le nom sans article, en tête de phrase : « Territoire Nord »."""
        if self.maille == "etablissement":
            return formats.majuscule(self.libelle(self.maille, self.zone))
        return formats.majuscule(self.nom.removeprefix("le "))

    @cached_property
    def departement(self) -> str:
        """Code du département de la zone ; vide s'il n'est pas connu."""
        if self.maille == "departement":
            return self.zone
        if self.maille == "etablissement":
            return self._parent("territoire", self.territoire)
        return self._parent(self.maille, self.zone)

    @cached_property
    def territoire(self) -> str:
        """Code du territoire d'un établissement ; vide pour une autre maille."""
        return self._parent(self.maille, self.zone) if self.maille == "etablissement" else ""

    @cached_property
    def repere(self) -> Repere:
        """À quoi la zone se compare : un établissement à son territoire, le reste au département.

        Sans code, la zone ne se compare à rien.
        """
        if self.maille == "etablissement":
            return Repere("territoire", self.territoire, "le territoire")
        code = self.departement if self.maille == "territoire" else ""
        return Repere("departement", code, "le département")

    @property
    def a_un_repere(self) -> bool:
        """La zone se compare à une zone plus grande qu'elle."""
        return bool(self.repere.zone)

    @cached_property
    def etablissements(self) -> dict[str, str]:
        """Établissements de la zone suivis depuis un an : code → nom, dans l'ordre des noms.

        Celui qui a fermé depuis le début de la même période de l'année précédente y est : les
        écarts sur un an dépendent encore de lui.
        """
        if self.maille == "etablissement":
            return {self.zone: self.libelle(self.maille, self.zone)}
        territoires = [self.zone] if self.maille == "territoire" else list(self.territoires)
        siens = self.zones("etablissement").filter(
            pl.col("parent").is_in(territoires)
            & (pl.col("valide_du").is_null() | (pl.col("valide_du") <= self.periode.fin))
            & (pl.col("valide_au").is_null() | (pl.col("valide_au") >= self._depuis))
        )
        noms = dict(siens.sort("libelle", "zone").select("zone", "libelle").iter_rows())
        doubles = {n for n in noms.values() if list(noms.values()).count(n) > 1}
        return {code: f"{n} ({code})" if n in doubles else n for code, n in noms.items()}

    @cached_property
    def evenements(self) -> dict[str, str]:
        """Établissement → ouverture, fermeture ou fusion survenue depuis un an."""
        recent = pl.any_horizontal(
            pl.col(c).is_between(self._depuis, self.periode.fin) for c in ("valide_du", "valide_au")
        )
        siens = self.zones("etablissement").filter(
            pl.col("zone").is_in(list(self.etablissements)) & recent
        )
        dits = siens.drop_nulls("evenement").select("zone", "evenement").iter_rows()
        return {zone: self.evenement_en_noms(texte) for zone, texte in dits}

    def evenement_en_noms(self, texte: str) -> str:
        """Un événement où le code de l'établissement repreneur est remplacé par son nom."""
        noms = dict(self.zones("etablissement").select("zone", "libelle").iter_rows())
        return " ".join(noms.get(mot) or mot for mot in texte.split(" "))

    @property
    def _depuis(self) -> date:
        return self.periode.an_dernier.debut

    @cached_property
    def territoires(self) -> dict[str, str]:
        """Territoires du département : code → nom, dans l'ordre des codes."""
        table = self.zones("territoire").filter(pl.col("parent") == self.departement)
        return dict(table.sort("zone").select("zone", "libelle").iter_rows())

    @cached_property
    def echues(self) -> list[Periode]:
        """Périodes calculées jusqu'à celle du rapport, douze au plus, dans l'ordre."""
        toutes = [Periode.lire(p) for p in self.dossier.periodes.get(self.periode.pas, [])]
        return [p for p in toutes if p <= self.periode][-HORIZON:]

    @property
    def jour_de_reference(self) -> date:
        """Date à laquelle les règles datées s'appliquent : la fin de la période."""
        return self.periode.fin

    def depuis_la_premiere(self, *suites: list[Mesure]) -> list[Periode]:
        """Les périodes échues, sans celles d'avant la première valeur connue des suites.

        Args:
            suites: des mesures parallèles à `echues`.
        """
        debut = next((r for r, c in enumerate(zip(*suites, strict=True)) if _connues(c)), 0)
        return self.echues[debut:]

    def zones(self, maille: str) -> pl.DataFrame:
        """Les zones d'une maille, telles que décrites par les indicateurs."""
        return self.dossier.zones.filter(pl.col("maille") == maille)

    def libelle(self, maille: str, zone: str) -> str:
        """Nom d'une zone ; son code si elle n'est pas décrite."""
        trouve = self.zones(maille).filter(pl.col("zone") == zone)["libelle"]
        return str(trouve[0]) if len(trouve) and trouve[0] else zone

    def grille(
        self,
        codes: Sequence[str],
        maille: str,
        zones: Iterable[str],
        periodes: Iterable[object] | None = None,
        *,
        ventilation: str = "",
        modalite: str = "",
    ) -> Grille:
        """`Dossier.mesures`, en retenant les indicateurs cités.

        Args:
            codes: indicateurs voulus.
            maille: maille des zones.
            zones: codes des zones.
            periodes: périodes voulues ; toutes si absent.
            ventilation: `""` pour la valeur d'ensemble, sinon le nom de la ventilation.
            modalite: la seule à garder, que la lecture n'a alors plus à dire.
        """
        self.cites.update(dict.fromkeys(codes))
        lue = self.dossier.mesures(codes, maille, zones, periodes, ventilation=ventilation)
        return lue.coupe(modalite) if modalite else lue

    def trio(self, codes: Sequence[str]) -> dict[str, tuple[Mesure, Mesure, Mesure]]:
        """Pour chaque indicateur : la zone, la zone un an plus tôt, le repère."""
        siens = self.grille(
            codes, self.maille, [self.zone], [self.periode, self.periode.an_dernier]
        )
        repere = self.grille(codes, self.repere.maille, [self.repere.zone], [self.periode])
        return {
            c: (
                siens.lire(c, self.zone, self.periode),
                siens.lire(c, self.zone, self.periode.an_dernier),
                repere.lire(c, self.repere.zone, self.periode),
            )
            for c in codes
        }

    @cached_property
    def completude(self) -> Mesure:
        """Q1 de la zone sur la période."""
        return self.trio(["Q1"])["Q1"][0]

    @cached_property
    def statut(self) -> str:
        """`definitif`, ou `provisoire` si la complétude est inconnue ou sous le seuil daté."""
        seuil = float(valeur("seuils_alerte", "q1_provisoire_pct", self.jour_de_reference)) / 100
        complete = self.completude.valeur
        return "definitif" if complete is not None and complete >= seuil else "provisoire"

    def _parent(self, maille: str, zone: str) -> str:
        parents = self.zones(maille).filter(pl.col("zone") == zone)["parent"].drop_nulls()
        return str(parents[0]) if len(parents) else ""

    def _verifier(self) -> None:
        connues = self.zones(self.maille)
        if self.zone not in connues["zone"].to_list():
            noms = [f"{z} ({n})" for z, n in connues.select("zone", "libelle").iter_rows()]
            titre = _TITRES[self.maille]
            raise ErreurUsage(
                f"{titre} « {self.zone} » inconnu.",
                f"Valeurs possibles : {formats.enumeration(noms) or 'aucune'}.",
            )
        calculees = self.dossier.periodes.get(self.periode.pas, [])
        if str(self.periode) not in calculees:
            autres = ", ".join(calculees) or "aucune"
            raise ErreurUsage(
                f"Période « {self.periode} » : aucun indicateur calculé.",
                f"Valeurs possibles : {autres}.",
            )


def _connues(mesures: Iterable[Mesure]) -> bool:
    return any(m.lisible or m.masquee for m in mesures)


def _date(texte: str) -> date | None:
    if not texte:
        return None
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise ErreurUsage(
            f"Date d'édition « {texte} » non comprise.", "L'écrire ainsi : 2026-10-15."
        ) from None
