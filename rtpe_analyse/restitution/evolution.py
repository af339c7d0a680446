"""La série longue d'un indicateur : agrégats compris, événements, saison, changements de niveau."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from rtpe_analyse.methodes.serie import changements_de_niveau, desaisonnaliser
from rtpe_analyse.modeles import Periode
from rtpe_analyse.reglementation import historique, valeur
from rtpe_analyse.reglementation.valeurs import cles, serie
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.occupation import AUCUNE, echelle, titre_de_serie, unite
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_CYCLES = {"mois": 12, "trimestre": 4}
# Ce que seul le détail journalier donne : son premier trimestre ouvre le détail.
_DU_DETAIL = "P3"
# Les règles qui changent ce qu'un établissement peut accueillir ou ce qu'il facture.
_THEMES = ("accueil", "encadrement", "psu", "surnombre")
_AGREGAT, _DETAIL = "agregats", "detail"
_MINIMUM = 2


@dataclass(frozen=True)
class Evenement:
    """Ce qui est arrivé un jour donné et peut expliquer un changement de niveau."""

    le: date
    texte: str


@dataclass(frozen=True)
class Suite:
    """Une série longue : ses périodes, ses mesures, et celles qui viennent d'agrégats."""

    periodes: list[Periode]
    mesures: list[Mesure]
    agregats: int

    @property
    def lisibles(self) -> list[Mesure]:
        """Les mesures lisibles, dans l'ordre."""
        return [m for m in self.mesures if m.lisible]


def serie_longue(contexte: Contexte, code: str) -> Restitution:
    """Figure : toutes les périodes connues, agrégats compris, niveaux et événements annotés."""
    definition = contexte.dossier.definition(code)
    suite = lire_suite(contexte, code)
    if len(suite.lisibles) < _MINIMUM:
        raison = AUCUNE
        if suite.lisibles:
            raison = "Une seule période est lisible : il n'y a pas encore de série."
        elif any(m.masquee for m in suite.mesures):
            raison = "Valeurs masquées (secret statistique) : les effectifs sont trop petits."
        return sans_figure(f"{definition.libelle} depuis le début du suivi", raison)
    from rtpe_analyse.restitution import figures

    valeurs = pl.DataFrame(
        [
            (rang, _AGREGAT if rang < suite.agregats else _DETAIL, echelle(m))
            for rang, m in enumerate(suite.mesures)
        ],
        schema={"rang": pl.Int64, "serie": pl.String, "valeur": pl.Float64},
        orient="row",
    )
    paliers, _ = niveaux(suite)
    arrives = evenements(contexte, suite.periodes)
    numeros = {e: str(n) for n, e in enumerate(arrives, 1)}
    par_rang: dict[int, list[str]] = {}
    for e, numero in numeros.items():
        rang = next(r for r, p in enumerate(suite.periodes) if p.debut <= e.le <= p.fin)
        par_rang.setdefault(rang, []).append(numero)
    svg = figures.serie_longue(
        valeurs,
        [formats.periode_courte(p) for p in suite.periodes],
        paliers,
        [(rang, _abreger(liste)) for rang, liste in par_rang.items()],
        unite(definition),
    )
    titre = titre_de_serie(definition, suite.mesures, contexte.periode)
    donnees = Tableau(
        f"Chiffres de la figure : {definition.libelle}",
        "Période",
        [
            Colonne(definition.libelle, definition.unite, code=code),
            Colonne("Source", nombre=False),
            Colonne("Événements", nombre=False),
        ],
        [
            Ligne(
                formats.majuscule(formats.periode(p)),
                [
                    cellule(m),
                    Cellule("agrégats" if rang < suite.agregats else "détail"),
                    Cellule(" ; ".join(_numerotes(arrives, p))),
                ],
            )
            for rang, (p, m) in enumerate(zip(suite.periodes, suite.mesures, strict=True))
        ],
    )
    return planche(titre, _alt(suite), svg, donnees, _note(suite, len(arrives), len(paliers)))


def lecture_de_la_serie(contexte: Contexte, code: str) -> Restitution:
    """Phrases : l'an dernier d'abord, les agrégats, la saison, les niveaux, l'atypique."""
    suite = lire_suite(contexte, code)
    if not suite.lisibles:
        return paragraphes([AUCUNE])
    nom = contexte.dossier.definition(code)
    dites = [f"{titre_de_serie(nom, suite.mesures, contexte.periode)}."]
    if suite.agregats > 0:
        dites.append(
            f"Jusqu'au {_fin(suite.periodes[suite.agregats - 1])}, la série vient d'agrégats "
            "mensuels : ils ne disent ni les fermetures, ni les contrats, ni les enfants distincts."
        )
    paliers, pourquoi = niveaux(suite)
    dites += [pourquoi] if pourquoi else _changements(contexte, suite, paliers)
    for atypique in valeur("conventions", "periodes_atypiques", contexte.jour_de_reference):
        touchees = [
            p for p in suite.periodes if p.debut <= atypique["au"] and p.fin >= atypique["du"]
        ]
        if touchees:
            dites.append(
                f"{atypique['libelle']} : {formats.compte(len(touchees), _pas(suite))} de la "
                f"série ({formats.periode_courte(touchees[0])} à "
                f"{formats.periode_courte(touchees[-1])}) ne se comparent à aucun autre."
            )
    return paragraphes(dites)


def lire_suite(contexte: Contexte, code: str) -> Suite:
    """La série de la zone, de sa première valeur connue à la période du rapport."""
    toutes = [Periode.lire(p) for p in contexte.dossier.periodes.get(contexte.periode.pas, [])]
    echues = [p for p in toutes if p <= contexte.periode]
    periodes = [echues[0]] if echues else [contexte.periode]
    while periodes[-1] < contexte.periode:
        periodes.append(periodes[-1].decaler(1))
    lue = contexte.grille([code, _DU_DETAIL], contexte.maille, [contexte.zone], periodes)
    mesures = [lue.lire(code, contexte.zone, p) for p in periodes]
    detail = [lue.lire(_DU_DETAIL, contexte.zone, p).lisible for p in periodes]
    debut = next((r for r, m in enumerate(mesures) if m.lisible or m.masquee), len(periodes) - 1)
    premier = next((r for r, d in enumerate(detail) if d), debut)
    return Suite(periodes[debut:], mesures[debut:], max(0, premier - debut))


def niveaux(suite: Suite) -> tuple[list[tuple[int, int, float]], str]:
    """Paliers de la série sans saison, ou la phrase qui dit pourquoi on ne les cherche pas.

    Returns:
        Premier rang, dernier rang et niveau moyen de chaque palier, à l'échelle de
        l'affichage ; vide avec une phrase si la série est trop courte, trouée ou constante.
    """
    valeurs = np.array([np.nan if (v := echelle(m)) is None else v for m in suite.mesures])
    separee = desaisonnaliser(valeurs, _CYCLES[suite.periodes[0].pas])
    if isinstance(separee, str):
        return [], f"Changements de niveau non cherchés. {separee}"
    nette = separee.sans_saison
    bornes = [0, *changements_de_niveau(nette), len(nette)]
    return [(debut, fin - 1, float(nette[debut:fin].mean())) for debut, fin in pairwise(bornes)], ""


def evenements(contexte: Contexte, periodes: list[Periode]) -> list[Evenement]:
    """Ouvertures, fermetures, fusions et changements de règle survenus dans la série."""
    debut, fin = periodes[0].debut, periodes[-1].fin
    trouves = [
        Evenement(e.le, e.texte)
        for e in (*_du_reseau(contexte), *_des_regles())
        if debut < e.le <= fin
    ]
    return sorted(trouves, key=lambda e: (e.le, e.texte))


def _du_reseau(contexte: Contexte) -> list[Evenement]:
    siens = contexte.zones("etablissement")
    if contexte.maille == "etablissement":
        siens = siens.filter(pl.col("zone") == contexte.zone)
    elif contexte.maille == "territoire":
        siens = siens.filter(pl.col("parent") == contexte.zone)
    trouves = []
    for z in siens.drop_nulls("evenement").iter_rows(named=True):
        quand = z["valide_au"] or z["valide_du"]
        if quand is not None:
            texte = contexte.evenement_en_noms(z["evenement"])
            trouves.append(Evenement(quand, f"{z['libelle']} : {texte[:1].lower()}{texte[1:]}"))
    return trouves


def _des_regles() -> list[Evenement]:
    """Un changement : une valeur qui en remplace une autre."""
    return [
        Evenement(v.effet, f"Nouvelle règle : {_sans_precision(serie(theme, cle).libelle)}")
        for theme in _THEMES
        for cle in cles(theme)
        for v in historique(theme, cle)[1:]
    ]


def _sans_precision(libelle: str) -> str:
    """Le libellé d'une règle, sans sa parenthèse technique."""
    return libelle.partition(" (")[0].lower()


def _changements(
    contexte: Contexte, suite: Suite, paliers: list[tuple[int, int, float]]
) -> list[str]:
    if len(paliers) == 1:
        return ["Saison retirée, aucun changement durable de niveau n'est décelé."]
    ecrire = unite(suite.lisibles[-1].definition).ecrire
    arrives = evenements(contexte, suite.periodes)
    dites = []
    for (_, _, avant), (rang, _, apres) in pairwise(paliers):
        quand = suite.periodes[rang]
        alors = [e.texte for e in arrives if quand.debut <= e.le <= quand.fin]
        suite_ = f" Alors : {' ; '.join(alors)}." if alors else ""
        if rang == suite.agregats:
            suite_ = (
                " C'est là que le détail remplace les agrégats : la mesure a pu changer, et non "
                "l'accueil."
            )
        dites.append(
            f"Saison retirée, le niveau passe de {ecrire(avant)} à {ecrire(apres)} à partir du "
            f"{_fin(quand)}.{suite_}"
        )
    return dites


def _numerotes(arrives: list[Evenement], periode: Periode) -> list[str]:
    numeros = enumerate(arrives, 1)
    return [f"{n}. {e.texte}" for n, e in numeros if periode.debut <= e.le <= periode.fin]


def _abreger(numeros: list[str]) -> str:
    return numeros[0] if len(numeros) == 1 else f"{numeros[0]}–{numeros[-1]}"


def _pas(suite: Suite) -> str:
    return "trimestre" if suite.periodes[0].pas == "trimestre" else "mois"


def _fin(periode: Periode) -> str:
    """« 3e trimestre 2023 », « mois de juillet 2023 » : après « du » ou « au »."""
    texte = formats.periode(periode)
    return texte if periode.pas == "trimestre" else f"mois {formats.de(texte)}"


def _alt(suite: Suite) -> str:
    lus = [(m, p) for m, p in zip(suite.mesures, suite.periodes, strict=True) if m.lisible]
    bas = min(lus, key=lambda c: c[0].valeur or 0)
    haut = max(lus, key=lambda c: c[0].valeur or 0)
    return (
        f"Courbe longue, de {lus[0][0]} ({formats.periode(lus[0][1])}) à {lus[-1][0]} "
        f"({formats.periode(lus[-1][1])}) ; au plus bas {bas[0]} ({formats.periode(bas[1])}), au "
        f"plus haut {haut[0]} ({formats.periode(haut[1])})."
    )


def _note(suite: Suite, nombre_evenements: int, paliers: int) -> str:
    notes = []
    if suite.agregats > 0:
        notes.append("Points vides : agrégats mensuels ; points pleins : détail journalier.")
    if paliers:
        notes.append("Tirets : niveau moyen, saison retirée.")
    if nombre_evenements:
        notes.append("Numéros : événements, dits dans le tableau.")
    return " ".join(notes)
