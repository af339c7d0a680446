"""Les alertes du réseau : leur règle, leur chiffre, leur histoire, et leur taux d'erreur."""

import numpy as np

from rtpe_analyse.methodes.surveillance import fausses_alertes_au_calme, retenir_les_alertes
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.loyale import Comparaison, comparer
from rtpe_analyse.restitution.objets import Restitution, paragraphes

_SURVEILLES = ("T1", "T4")
_RESEAUX = 200
_HISTOIRE = 4


def signaux(contexte: Contexte) -> Restitution:
    """Phrases : les écarts qui restent quand on borne la part de fausses alertes.

    Le taux de fausses alertes est mesuré à chaque rapport, sur des réseaux calmes simulés aux
    tailles du vrai : ce n'est pas une promesse.
    """
    taux = float(valeur("seuils_alerte", "fausses_alertes_pct", contexte.jour_de_reference)) / 100
    comparaisons = {
        code: comparaison
        for code in _SURVEILLES
        if (comparaison := comparer(contexte, code)) is not None
    }
    if not comparaisons:
        return paragraphes(["Trop peu d'établissements lisibles pour chercher des écarts."])
    essais = [(code, rang) for code, c in comparaisons.items() for rang in range(len(c.codes))]
    probabilites = np.concatenate([c.ajuste.probabilites() for c in comparaisons.values()])
    retenus = retenir_les_alertes(probabilites, taux)
    phrases = [
        f"Règle : s'écarter de l'entonnoir du réseau plus que le hasard, sur "
        f"{formats.compte(len(essais), 'comparaison')} ; "
        f"{formats.nombre(int(retenus.sum()))} s'écartent assez pour que, parmi elles, moins de "
        f"{formats.pourcentage(taux, 0)} soient attendues par hasard.",
        _fausses_alertes(comparaisons, taux),
    ]
    alertes = [
        _alerte(contexte, code, comparaisons[code], rang)
        for (code, rang), retenu in zip(essais, retenus, strict=True)
        if retenu and comparaisons[code].codes[rang] in contexte.etablissements
    ]
    return paragraphes(phrases + (alertes or ["Aucune n'est dans la zone de ce rapport."]))


def _fausses_alertes(comparaisons: dict[str, Comparaison], taux: float) -> str:
    mesure = fausses_alertes_au_calme(
        [(c.ajuste, c.erreurs) for c in comparaisons.values()], taux, reseaux=_RESEAUX
    )
    return (
        f"Taux de fausses alertes mesuré : sur {formats.nombre(_RESEAUX)} réseaux simulés de mêmes "
        f"tailles où rien d'anormal n'arrive, la règle alerte à tort dans "
        f"{formats.pourcentage(mesure)} d'entre eux."
    )


def _alerte(contexte: Contexte, code: str, comparaison: Comparaison, rang: int) -> str:
    etablissement, mesure = comparaison.codes[rang], comparaison.mesures[rang]
    avant = [contexte.periode.decaler(-n) for n in range(_HISTOIRE, 0, -1)]
    grille = contexte.grille([code], "etablissement", [etablissement], avant)
    lues = [(p, grille.lire(code, etablissement, p)) for p in avant]
    histoire = ", ".join(f"{m} {formats.au_cours(p)}" for p, m in lues if m.lisible)
    return (
        f"{contexte.etablissements[etablissement]} : {mesure.definition.libelle.lower()} de "
        f"{mesure}, pour {formats.pourcentage(comparaison.ajuste.cible)} attendus à sa taille "
        f"({code}). {'Avant : ' + histoire if histoire else 'Rien de connu avant'}."
    )
