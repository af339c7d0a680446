"""Ce que les commandes de réception disent de chaque fichier : reçu, déjà reçu, refusé."""

from typing import TYPE_CHECKING

from rtpe_analyse.cli.affichage import dire, tableau
from rtpe_analyse.erreurs import ErreurFichier

if TYPE_CHECKING:
    from rtpe_analyse.sources import RetourReception


def dire_reception(retours: "list[RetourReception]") -> None:
    """Dit ce qui est reçu, déjà reçu et refusé, avec la raison et le remède de chaque refus."""
    refus = [r for r in retours if r.etat == "refuse"]
    recus = sum(r.etat == "recu" for r in retours)
    deja = len(retours) - recus - len(refus)
    for retour in retours:
        if retour.etat == "recu" and (retour.message or len(retours) <= 20):
            dire(f"Reçu : {retour.nom} → {retour.source} {retour.millesime}. {retour.message}")
    if refus:
        lignes = [(r.nom, r.message, r.remede) for r in refus]
        tableau("Fichiers refusés", ("Fichier", "Pourquoi", "À faire"), lignes)
    dire(f"{recus} fichier(s) reçu(s), {deja} déjà reçu(s), {len(refus)} refusé(s).")


def signaler_refus(retours: "list[RetourReception]") -> None:
    """Rend un code d'erreur si un fichier a été refusé.

    Raises:
        ErreurFichier: le nombre de refus ; leur détail est déjà affiché.
    """
    if refus := sum(r.etat == "refuse" for r in retours):
        raise ErreurFichier(f"{refus} fichier(s) refusé(s).", "Voir le tableau ci-dessus.")
