"""Surnombre et semaines au-delà de la capacité : combien, où, et à quelles dates."""

from datetime import date

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

CODES = ("A1", "A2")
DATES_MONTREES = 6
"""Au-delà, les dates d'une case se comptent (convention de mise en page)."""
TITRE = "Alertes de surnombre et de semaine"


def alertes_datees(contexte: Contexte) -> Restitution:
    """Tableau : jours de surnombre et semaines au-delà de 100 %, avec leurs dates."""
    noms = contexte.etablissements
    comptes = contexte.grille(CODES, "etablissement", noms, [contexte.periode])
    siens = contexte.grille(CODES, contexte.maille, [contexte.zone], [contexte.periode])
    dates = dates_des_alertes(contexte)
    lignes, calmes, absents = [], 0, True
    for zone, nom in noms.items():
        mesures = {c: comptes.lire(c, zone, contexte.periode) for c in CODES}
        absents &= all(m.statut == ABSENT for m in mesures.values())
        if all(m.valeur == 0 for m in mesures.values()):
            calmes += 1
        elif any(m.statut != ABSENT for m in mesures.values()):
            lignes.append(Ligne(nom, _cellules(mesures, dates[zone])))
    if absents:
        return sans_figure(TITRE, "Alertes non calculables : les heures de présence manquent.")
    if not lignes:
        return encadre("Ni jour de surnombre ni semaine au-delà de la capacité.", [])
    if contexte.maille != "etablissement":
        ensemble = {c: siens.lire(c, contexte.zone, contexte.periode) for c in CODES}
        lignes.append(Ligne(contexte.titre, _cellules(ensemble, {}), "total"))
    colonnes = []
    for code, quoi in zip(CODES, ("Dates (enfants présents)", "Lundis (taux)"), strict=True):
        definition = contexte.dossier.definition(code)
        colonnes += [Colonne.pour(definition), Colonne(quoi, nombre=False)]
    notes = []
    if calmes:
        sujet = formats.compte(calmes, "établissement")
        notes.append(f"Sans aucune alerte : {sujet}.")
    titre = f"{TITRE}, {formats.periode(contexte.periode)}"
    return Tableau(titre, "Établissement", colonnes, lignes, notes).rendre()


def dates_des_alertes(contexte: Contexte) -> dict[str, dict[str, list[tuple[date, Mesure]]]]:
    """Établissement → alerte (`A1`, `A2`) → ses dates, dans l'ordre, et ce qui s'y est mesuré."""
    noms = contexte.etablissements
    grille = contexte.grille(CODES, "etablissement", noms, [contexte.periode], ventilation="date")
    return {
        zone: {
            code: [
                (date.fromisoformat(m), mesure)
                for m in sorted(grille.modalites(code))
                if (mesure := grille.lire(code, zone, contexte.periode, m)).statut != ABSENT
            ]
            for code in CODES
        }
        for zone in noms
    }


def _cellules(
    mesures: dict[str, Mesure], dates: dict[str, list[tuple[date, Mesure]]]
) -> list[Cellule]:
    cellules = []
    for code, mesure in mesures.items():
        # Un compte masqué ne se retrouve pas en comptant ses dates.
        lues = dates.get(code, []) if mesure.lisible else []
        textes = [ecrire_date(code, jour, m) for jour, m in lues if m.lisible]
        texte = ", ".join(textes[:DATES_MONTREES])
        if len(textes) > DATES_MONTREES:
            texte += f" et {len(textes) - DATES_MONTREES} autres"
        cellules += [cellule(mesure), Cellule(texte)]
    return cellules


def ecrire_date(code: str, jour: date, mesure: Mesure) -> str:
    """« 12/09 (34) » : le jour et les présents ; « 15/09 (104 %) » : le lundi et le taux."""
    combien = ""
    if mesure.valeur is not None:
        taux = code == "A2"
        ecrit = formats.pourcentage(mesure.valeur, 0) if taux else formats.nombre(mesure.valeur)
        combien = f"{formats.INSECABLE}({ecrit})"
    return f"{jour:%d/%m}{combien}"
