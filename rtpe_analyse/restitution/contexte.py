"""De quoi parle un rapport : sa zone, sa période, et de quoi les comparer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.modeles import ORDRE_DES_MAILLES, Maille, Periode
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.lecture import Dossier, Grille
from rtpe_analyse.restitution.mesures import Mesure

HORIZON = 12
_TITRES = {
    "etablissement": "Établissement",
    "commune": "Commune",
    "territoire": "Territoire",
    "departement": "Département",
    "zonage": "Zonage",
}
_ARTICLES = {"Le ": "du ", "Les ": "des "}
DEPARTEMENT = "departement"
"""Comparaison par défaut : le département de la zone."""
# L'ordre des noms en français : « Églantines » avant « Violons ».
_SANS_ACCENT = (
    pl.col("libelle").str.normalize("NFD").str.replace_all(r"\p{M}", "").str.to_lowercase()
)


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
        return formats.majuscule(self.nom.removeprefix("le ").removeprefix("la "))


class Contexte:
    """La zone, la période et les indicateurs d'un rapport.

    Se souvient des indicateurs demandés : la fin du rapport définit ceux-là, et eux seuls.

    Attributes:
        dossier: indicateurs lus.
        maille: `etablissement`, `territoire`, `departement`, ou, pour un portrait public,
            `commune` ou `zonage`.
        zone: code de la zone.
        periode: mois ou trimestre du rapport.
        edition: date d'édition, un paramètre ; absente si elle n'est pas donnée.
        comparee: zone à laquelle le portrait public se compare, au choix du lecteur.
    """

    def __init__(
        self,
        dossier: Dossier,
        maille: Maille,
        zone: str,
        periode: str,
        edition: str,
        comparaison: str = DEPARTEMENT,
    ) -> None:
        self.dossier = dossier
        self.maille = maille
        self.zone = zone
        self.periode = Periode.lire(periode)
        self.edition = _date(edition)
        self.cites: dict[str, None] = {}
        self._zones: dict[str, pl.DataFrame] = {}
        self._verifier()
        self.comparee = self.zone_comparee(comparaison)

    @cached_property
    def nom(self) -> str:
        """« le territoire Nord », « le département Val-de-Marne », « l'établissement X »."""
        libelle = self.libelle(self.maille, self.zone)
        if self.maille == "etablissement":
            return f"l'établissement {libelle}"
        return _nommer(self.maille, libelle)

    @property
    def titre(self) -> str:
        """Le nom sans article, en tête de phrase : « Territoire Nord »."""
        if self.maille == "etablissement":
            return formats.majuscule(self.libelle(self.maille, self.zone))
        if self.maille == "commune":
            return self.libelle(self.maille, self.zone)
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
        code = "" if self.maille == "departement" else self.departement
        return Repere("departement", code, "le département")

    def zone_comparee(self, comparaison: str) -> Repere:
        """La zone que désigne un paramètre `comparaison`.

        Args:
            comparaison: `departement` (celui de la zone), ou une maille et un code :
                `territoire:T2`, `zonage:Z1`, `commune:…`, `departement:…`.

        Raises:
            ErreurUsage: écriture non comprise ou zone inconnue ; le remède cite les possibles.
        """
        if comparaison == DEPARTEMENT:
            return self.repere if self.maille != "etablissement" else self._celle_du_departement
        maille, _, zone = comparaison.partition(":")
        if maille not in _TITRES or maille == "etablissement" or not zone:
            raise ErreurUsage(
                f"Comparaison « {comparaison} » non comprise.",
                "L'écrire departement, territoire:CODE, commune:CODE ou zonage:CODE.",
            )
        choisie = next(m for m in ORDRE_DES_MAILLES if m == maille)
        self._verifier_zone(choisie, zone)
        return Repere(choisie, zone, _nommer(choisie, self.libelle(choisie, zone)))

    @property
    def _celle_du_departement(self) -> Repere:
        return Repere("departement", self.departement, "le département")

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
        if self.maille in ("commune", "zonage"):
            situes = pl.col("commune").is_in(list(self.communes))
        else:
            seul = self.maille == "territoire"
            situes = pl.col("parent").is_in([self.zone] if seul else list(self.territoires))
        siens = self.zones("etablissement").filter(
            situes
            & (pl.col("valide_du").is_null() | (pl.col("valide_du") <= self.periode.fin))
            & (pl.col("valide_au").is_null() | (pl.col("valide_au") >= self._depuis))
        )
        noms = dict(siens.sort(_SANS_ACCENT, "zone").select("zone", "libelle").iter_rows())
        doubles = {n for n in noms.values() if list(noms.values()).count(n) > 1}
        return {code: f"{n} ({code})" if n in doubles else n for code, n in noms.items()}

    @cached_property
    def communes(self) -> dict[str, str]:
        """Communes des établissements encore ouverts à la fin de la période : code → nom.

        Une commune est elle-même ; un zonage a les siennes, avec ou sans établissement.
        """
        if self.maille in ("commune", "zonage"):
            lieux = self.dossier.zonages.get(self.zone, [self.zone])
            return {lieu: self.libelle("commune", lieu) for lieu in lieux if len(lieu) == 5}
        fiches = self.zones("etablissement").filter(
            pl.col("zone").is_in(list(self.etablissements))
            & (pl.col("valide_au").is_null() | (pl.col("valide_au") >= self.periode.fin))
        )
        codes = sorted(fiches["commune"].drop_nulls().unique())
        return {code: self.libelle("commune", code) for code in codes}

    @cached_property
    def departements(self) -> dict[str, str]:
        """Départements de ses communes : code → nom ; plusieurs si la zone est à cheval."""
        siens = self.zones("commune").filter(pl.col("zone").is_in(list(self.communes)))["parent"]
        return {d: self.libelle("departement", d) for d in sorted(siens.drop_nulls().unique())}

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
    def fictif(self) -> bool:
        """Le jeu est celui d'exemple : réseau, enfants, familles et demandes y sont inventés."""
        return bool(self.dossier.trace.get("jeu") == "exemple")

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
        if maille not in self._zones:
            self._zones[maille] = self.dossier.zones.filter(pl.col("maille") == maille)
        return self._zones[maille]

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

    def _verifier_zone(self, maille: str, zone: str) -> None:
        connues = self.zones(maille)
        if zone not in connues["zone"].to_list():
            noms = [f"{z} ({n})" for z, n in connues.select("zone", "libelle").iter_rows()]
            accord = "e" if maille == "commune" else ""
            raise ErreurUsage(
                f"{_TITRES[maille]} « {zone} » inconnu{accord}.",
                f"Valeurs possibles : {formats.enumeration(noms) or 'aucune'}.",
            )

    def _verifier(self) -> None:
        self._verifier_zone(self.maille, self.zone)
        calculees = self.dossier.periodes.get(self.periode.pas, [])
        if str(self.periode) not in calculees:
            autres = ", ".join(calculees) or "aucune"
            raise ErreurUsage(
                f"Période « {self.periode} » : aucun indicateur calculé.",
                f"Valeurs possibles : {autres}.",
            )


def _nommer(maille: str, libelle: str) -> str:
    titre = _TITRES[maille].lower()
    if libelle.lower().startswith(titre):
        libelle = libelle[len(titre) :].strip()
    return f"la commune {_de(libelle)}" if maille == "commune" else f"le {titre} {libelle}"


def _de(commune: str) -> str:
    """« du Perreux-sur-Marne », « des Lilas », « d'Orly »."""
    for article, contracte in _ARTICLES.items():
        if commune.startswith(article):
            return contracte + commune.removeprefix(article)
    return formats.de(commune)


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
