"""La carte de contrôle d'un indicateur : son écart sur un an sort-il de l'ordinaire ?

La série se compare à la même période de l'an dernier, ce qui retire la saison. La séparer par
STL, sur si peu d'années, lisserait les écarts d'une période à la suivante : les limites en
seraient trop étroites, et une série sans changement sur deux y déclencherait un signal.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rtpe_analyse.methodes.cartes_de_controle import (
    DEUX_SUR_TROIS,
    HORS_LIMITES,
    HUIT_DU_MEME_COTE,
    MINIMUM,
    PERIODES_ENTRE_FAUX_SIGNAUX,
    SOLIDE,
    Carte,
    Signal,
    ajuster_carte,
)
from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.evenements import Atypique, atypiques
from rtpe_analyse.restitution.mesures import Definition, Mesure, ecart
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.planches import planche, sans_figure
from rtpe_analyse.restitution.suites import Suite, lire_suite, lire_suites
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

_TITRE = "est-ce anormal ?"
_UN_DIXIEME = 0.1
_REGLES = {
    HORS_LIMITES: "hors des limites",
    DEUX_SUR_TROIS: "deux fois en trois périodes loin de la moyenne, du même côté",
    HUIT_DU_MEME_COTE: "huit périodes de suite du même côté de la moyenne",
}


@dataclass(frozen=True)
class _Controle:
    """Les écarts sur un an d'un indicateur, à l'échelle de l'affichage, et leur carte.

    Attributes:
        muets: pourquoi une période n'a pas d'écart jugé ; vide si elle en a un.
    """

    definition: Definition
    periodes: list[Periode]
    ecarts: np.ndarray
    muets: list[str]
    carte: Carte
    signaux: dict[int, Signal]

    @property
    def dernier(self) -> Signal | None:
        """Le signal de la période du rapport, s'il y en a un."""
        return self.signaux.get(len(self.periodes) - 1)

    def ecrire(self, ecart_: float) -> str:
        """« +2,1 points », « −12 places »."""
        if self.definition.est_part:
            return formats.points(ecart_ / 100, self.definition.decimales)
        texte = formats.avec_signe(ecart_, self.definition.decimales)
        return f"{texte}{formats.INSECABLE}{self.definition.unite}"


def controle(contexte: Contexte, code: str) -> Restitution:
    """Figure : l'écart sur un an, période après période, entre ses limites de contrôle."""
    definition = contexte.dossier.definition(code)
    lu = _lire(contexte, lire_suite(contexte, code), definition)
    if isinstance(lu, str):
        return sans_figure(f"{definition.libelle} : {_TITRE}", lu)
    from rtpe_analyse.restitution import figures

    rangs = range(len(lu.periodes))
    valeurs = pl.DataFrame(
        {
            "rang": list(rangs),
            "valeur": lu.ecarts,
            "bas": lu.carte.bas,
            "haut": lu.carte.haut,
            "signal": [r in lu.signaux for r in rangs],
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    svg = figures.controle(
        valeurs,
        [formats.periode_courte(p) for p in lu.periodes],
        lu.carte.centre,
        formats.Unite(definition.decimales),
    )
    unite = "points" if definition.est_part else definition.unite
    donnees = Tableau(
        f"Chiffres de la figure : {definition.libelle}, écart sur un an",
        "Période",
        [
            Colonne("Écart sur un an", unite, code=code),
            Colonne("Limite basse", unite),
            Colonne("Limite haute", unite),
            Colonne("Signal", nombre=False),
        ],
        [
            Ligne(
                formats.majuscule(formats.periode(lu.periodes[r])),
                [
                    *(_case(lu, v[r]) for v in (lu.ecarts, lu.carte.bas, lu.carte.haut)),
                    Cellule(_REGLES[lu.signaux[r].regle] if r in lu.signaux else lu.muets[r]),
                ],
            )
            for r in rangs
        ],
    )
    conclusion = _conclusion(lu)
    alt = f"Courbe des écarts sur un an, entre deux limites. {conclusion}. {_historique(lu)}"
    return planche(conclusion, alt, svg, donnees, f"{_historique(lu)} {_note(lu)}")


def controle_des_etablissements(contexte: Contexte, code: str) -> Restitution:
    """Phrases : les établissements dont l'écart sur un an fait signal à la période du rapport."""
    definition = contexte.dossier.definition(code)
    noms = contexte.etablissements
    suites = lire_suites(contexte, code, "etablissement", noms)
    lus = {nom: _lire(contexte, suites[zone], definition) for zone, nom in noms.items()}
    juges = {
        nom: lu for nom, lu in lus.items() if not isinstance(lu, str) and np.isfinite(lu.ecarts[-1])
    }
    if not juges:
        return paragraphes(
            ["Aucun établissement n'est jugé : séries trop courtes, constantes ou masquées."]
        )
    alertes = {nom: lu for nom, lu in juges.items() if lu.dernier}
    sur = formats.compte(len(juges), "établissement jugé", "établissements jugés")
    hasard = len(juges) / PERIODES_ENTRE_FAUX_SIGNAUX
    font = formats.compte(len(alertes), "fait signal", "font signal") if alertes else ""
    dites = [
        f"{definition.libelle} : sur {sur}, {font or 'aucun ne fait signal'} ; le hasard seul en "
        f"donnerait {formats.nombre(hasard, 1) if hasard >= _UN_DIXIEME else 'moins de 0,1'}."
    ]
    dites += [f"{nom} : {_fin_de_conclusion(lu)}. {_historique(lu)}" for nom, lu in alertes.items()]
    if ecartes := len(lus) - len(juges):
        non = formats.compte(ecartes, "n'est pas jugé", "ne sont pas jugés")
        dites.append(f"{non} : établissement ouvert ou fermé depuis peu, ou valeurs masquées.")
    return paragraphes(dites)


def _lire(contexte: Contexte, suite: Suite, definition: Definition) -> _Controle | str:
    """La carte, ou la phrase qui dit pourquoi elle ne se dresse pas."""
    cycle = 12 if contexte.periode.pas == "mois" else 4
    deux = list(zip(suite.mesures[cycle:], suite.mesures, strict=False))
    periodes = suite.periodes[cycle:]
    # Un écart entre agrégats et détail dirait la mesure qui change, et non l'accueil.
    passage = range(suite.agregats - cycle, suite.agregats)
    muets = [
        "non jugé : des agrégats au détail"
        if rang in passage
        else _pourquoi_muet(atypiques([p.an_dernier, p], contexte.jour_de_reference), paire)
        for rang, (p, paire) in enumerate(zip(periodes, deux, strict=True))
    ]
    facteur = 100 if definition.est_part else 1
    ecarts = np.array(
        [
            np.nan if muet or (e := ecart(*paire)) is None else facteur * e
            for paire, muet in zip(deux, muets, strict=True)
        ]
    )
    carte = ajuster_carte(ecarts, _poids(deux) if definition.est_part and deux else None)
    if carte is None:
        masquees = any(m.masquee for m in suite.mesures)
        return _pourquoi(int(np.isfinite(ecarts).sum()), masquees=masquees)
    premier = int(np.argmax(np.isfinite(ecarts)))
    carte = Carte(carte.centre, carte.bas[premier:], carte.haut[premier:], carte.reduites[premier:])
    signaux = {s.rang: s for s in carte.signaux}
    return _Controle(
        definition, periodes[premier:], ecarts[premier:], muets[premier:], carte, signaux
    )


def _pourquoi_muet(hors: list[Atypique], paire: tuple[Mesure, Mesure]) -> str:
    if hors:
        return f"non jugé : {hors[0].libelle.lower()}"
    if any(m.masquee for m in paire):
        return "masqué : l'écart donnerait une valeur masquée"
    return "" if all(m.lisible for m in paire) else "une des deux années n'est pas connue"


def _pourquoi(connus: int, *, masquees: bool) -> str:
    if connus >= MINIMUM:
        return "L'écart sur un an est constant : il n'a pas de variation ordinaire."
    debut = f"Il faut au moins {MINIMUM} périodes comparables à la même période de l'an dernier"
    debut += f" ; il y en a {connus}." if connus else " ; il n'y en a aucune."
    return f"{debut} Des valeurs sont masquées (secret statistique)." if masquees else debut


def _poids(deux: list[tuple[Mesure, Mesure]]) -> np.ndarray | None:
    """Taille d'un écart entre deux taux : l'inverse de la somme des inverses."""
    tailles = np.array(
        [[m.denominateur or np.nan if m.lisible else 1.0 for m in paire] for paire in deux]
    )
    if not np.isfinite(tailles).all():
        return None
    return np.asarray(1 / (1 / tailles).sum(axis=1))


def _conclusion(lu: _Controle) -> str:
    quand = formats.au_cours(lu.periodes[-1])
    if not np.isfinite(lu.ecarts[-1]):
        return f"{lu.definition.libelle} : pas d'écart sur un an à juger {quand}"
    return f"{lu.definition.libelle} : {_fin_de_conclusion(lu)}"


def _fin_de_conclusion(lu: _Controle) -> str:
    ici = lu.ecarts[-1]
    dit = f"l'écart sur un an ({lu.ecrire(ici)})"
    limites = f"entre {lu.ecrire(lu.carte.bas[-1])} et {lu.ecrire(lu.carte.haut[-1])}"
    if lu.dernier is None:
        return f"{dit} reste dans la variation ordinaire, {limites}"
    if lu.dernier.regle == HORS_LIMITES:
        limite = lu.ecrire((lu.carte.haut if lu.dernier.hausse else lu.carte.bas)[-1])
        if limite == lu.ecrire(ici):
            return f"{dit} passe tout juste la limite de la variation ordinaire"
        return f"{dit} sort de la variation ordinaire, {limites}"
    return f"{dit} reste dans ses limites mais fait signal : {_REGLES[lu.dernier.regle]}"


def _historique(lu: _Controle) -> str:
    """Les signaux passés, ou leur absence."""
    passes = [r for r in lu.signaux if r < len(lu.periodes) - 1]
    jugees = int(np.isfinite(lu.ecarts[:-1]).sum())
    sur = formats.compte(jugees, "période passée", "périodes passées")
    if not passes:
        return f"Aucun signal sur {sur}."
    noms = [formats.periode_courte(lu.periodes[r]) for r in passes]
    return f"{formats.accord(len(passes), 'Signal', 'Signaux')} sur {sur} : " + (
        f"{formats.enumeration(noms)}."
    )


def _note(lu: _Controle) -> str:
    notes = [
        f"Trait : moyenne des écarts ({lu.ecrire(lu.carte.centre)}) ; tirets : limites, à trois "
        "écarts types. Carré : signal (hors des limites ; deux périodes sur trois au-delà de deux "
        "écarts types ; huit de suite du même côté). Si rien ne change, il en vient un toutes "
        f"les {PERIODES_ENTRE_FAUX_SIGNAUX} périodes environ. Un écart entre agrégats et détail, "
        "ou avec une période atypique, n'est pas jugé."
    ]
    if not lu.carte.solide:
        notes.append(f"Avec moins de {SOLIDE} périodes, les limites restent approximatives.")
    return " ".join(notes)


def _case(lu: _Controle, nombre: float) -> Cellule:
    # La colonne du signal dit pourquoi il n'y a pas de nombre.
    if not np.isfinite(nombre):
        return Cellule()
    return Cellule(formats.avec_signe(nombre, lu.definition.decimales))
