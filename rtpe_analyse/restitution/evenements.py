"""Ce qui est arrivé dans la série d'une zone, lu dans les données et les règles datées."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rtpe_analyse.modeles import Pas, Periode
from rtpe_analyse.reglementation import historique
from rtpe_analyse.reglementation.valeurs import cles, serie, valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte

# Les règles qui changent ce qu'un établissement peut accueillir ou ce qu'il facture.
_THEMES = {
    "accueil": "accueil",
    "encadrement": "encadrement",
    "psu": "PSU",
    "surnombre": "surnombre",
}
RESEAU, LOGICIEL, REGLE = "reseau", "logiciel", "regle"
_TERRITOIRE = "territoire"
_DITES = {
    RESEAU: "Ouvertures, fermetures, rattachements",
    LOGICIEL: "Changement de logiciel ou de fichier (la mesure a pu changer, et non l'accueil)",
    REGLE: "Règles nouvelles",
}
_PASSENT = {
    "logiciel": ("change de logiciel", "changent de logiciel"),
    "fichier": ("change de fichier de présences", "changent de fichier de présences"),
}


@dataclass(frozen=True)
class Evenement:
    """Ce qui est arrivé un jour donné et peut expliquer un changement de niveau.

    Attributes:
        le: jour, ou premier jour du mois.
        texte: ce qui est arrivé, sans point final.
        nature: `reseau`, `logiciel` ou `regle`.
    """

    le: date
    texte: str
    nature: str

    def __str__(self) -> str:
        """Le texte, qui se suffit à lui-même."""
        return f"Nouvelle règle : {self.texte}" if self.nature == REGLE else self.texte

    def pendant(self, periode: Periode) -> bool:
        """L'événement est arrivé pendant cette période."""
        return periode.debut <= self.le <= periode.fin


@dataclass(frozen=True)
class Atypique:
    """Des périodes de la série auxquelles aucune autre ne se compare.

    Attributes:
        libelle: ce qui les rend atypiques.
        periodes: celles que touche l'épisode, dans l'ordre.
    """

    libelle: str
    periodes: list[Periode]


def evenements(contexte: Contexte, periodes: Sequence[Periode]) -> list[Evenement]:
    """Ouvertures, fermetures, fusions, changements de territoire, de logiciel et de règle.

    Args:
        contexte: zone du rapport.
        periodes: celles de la série, dans l'ordre ; ce qui tombe le premier jour de la
            première ne coupe rien et n'y est pas.
    """
    debut, fin = periodes[0].debut, periodes[-1].fin
    trouves = [
        e
        for e in (
            *_du_reseau(contexte),
            *_des_territoires(contexte),
            *_des_logiciels(contexte),
            *_des_regles(),
        )
        if debut < e.le <= fin
    ]
    return sorted(trouves, key=lambda e: (e.le, e.texte))


def atypiques(periodes: Sequence[Periode], le: date) -> list[Atypique]:
    """Les épisodes datés (crise sanitaire) que traverse une série.

    Args:
        periodes: celles de la série, dans l'ordre.
        le: date à laquelle lire la convention.
    """
    trouves = []
    for episode in valeur("conventions", "periodes_atypiques", le):
        touchees = [p for p in periodes if p.debut <= episode["au"] and p.fin >= episode["du"]]
        if touchees:
            trouves.append(Atypique(episode["libelle"], touchees))
    return trouves


def numeroter(arrives: Sequence[Evenement], periode: Periode) -> list[str]:
    """« 2. Les Lutins : fermé le… », pour les événements de la période."""
    return [f"{n}. {e}" for n, e in enumerate(arrives, 1) if e.pendant(periode)]


def phrases_des_evenements(arrives: Sequence[Evenement], pas: Pas) -> list[str]:
    """Une phrase par nature, chaque événement avec son numéro et sa période."""
    dites = []
    for nature, debut in _DITES.items():
        siens = [
            f"{e.texte} ({formats.periode_courte(Periode.contenant(e.le, pas))}, n° {n})"
            for n, e in enumerate(arrives, 1)
            if e.nature == nature
        ]
        if siens:
            dites.append(f"{debut} : {' ; '.join(siens)}.")
    return dites


def _siens(contexte: Contexte) -> pl.DataFrame:
    """Les établissements de la zone, même fermés depuis longtemps."""
    tous = contexte.zones("etablissement")
    if contexte.maille == "etablissement":
        return tous.filter(pl.col("zone") == contexte.zone)
    if contexte.maille == "territoire":
        return tous.filter(pl.col("parent") == contexte.zone)
    return tous


def _du_reseau(contexte: Contexte) -> list[Evenement]:
    trouves = []
    for z in _siens(contexte).drop_nulls("evenement").iter_rows(named=True):
        quand = z["valide_au"] or z["valide_du"]
        if quand is not None:
            texte = contexte.evenement_en_noms(z["evenement"])
            dit = f"{z['libelle']}, {texte[:1].lower()}{texte[1:]}"
            trouves.append(Evenement(quand, dit, RESEAU))
    return trouves


def _des_territoires(contexte: Contexte) -> Iterable[Evenement]:
    """Les établissements qui entrent dans le territoire du rapport, ou en sortent."""
    noms = contexte.territoires
    for c in contexte.dossier.ruptures:
        if c["nature"] == _TERRITOIRE and contexte.zone in (c["avant"], c["apres"]):
            qui = contexte.libelle("etablissement", c["etablissement"])
            if c["apres"] == contexte.zone:
                texte = f"{qui} rejoint le territoire (avant : {noms.get(c['avant'], c['avant'])})"
            else:
                texte = f"{qui} quitte le territoire pour {noms.get(c['apres'], c['apres'])}"
            yield Evenement(date.fromisoformat(c["le"]), texte, RESEAU)


def _des_logiciels(contexte: Contexte) -> Iterable[Evenement]:
    """Un événement par mois et par passage : les établissements qui le font ensemble."""
    noms = dict(_siens(contexte).select("zone", "libelle").iter_rows())
    ensemble: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for c in contexte.dossier.ruptures:
        if c["nature"] in _PASSENT and c["etablissement"] in noms:
            cle = (c["le"], c["nature"], c["avant"], c["apres"])
            ensemble[cle].append(noms[c["etablissement"]])
    for (le, nature, avant, apres), touches in ensemble.items():
        un, plusieurs = _PASSENT[nature]
        qui = touches[0] if len(touches) == 1 else f"{len(touches)} établissements"
        verbe = un if len(touches) == 1 else plusieurs
        texte = f"{qui} {verbe} (« {avant} », puis « {apres} »)"
        yield Evenement(date.fromisoformat(le), texte, LOGICIEL)


def _des_regles() -> list[Evenement]:
    """Un changement : une valeur qui en remplace une autre."""
    return [
        Evenement(v.effet, f"{nom}, {_sans_precision(serie(theme, cle).libelle)}", REGLE)
        for theme, nom in _THEMES.items()
        for cle in cles(theme)
        for v in historique(theme, cle)[1:]
    ]


def _sans_precision(libelle: str) -> str:
    """Le libellé d'une règle, sans sa parenthèse technique."""
    return libelle.partition(" (")[0].lower()
