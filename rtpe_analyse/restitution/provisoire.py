"""Le trimestre en cours : une estimation provisoire, dite comme telle."""

from datetime import date

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.perspectives import entre

_CODE = "N8"
_MODALITES = ("bas", "centre", "haut")


def trimestre_en_cours(contexte: Contexte) -> Restitution:
    """Phrases : l'occupation estimée du trimestre qui n'est pas fini, et d'où elle vient.

    Ce trimestre n'est montré que s'il suit immédiatement la période du rapport.
    """
    trimestre = contexte.periode.decaler(1)
    grille = contexte.grille(
        [_CODE], contexte.maille, [contexte.zone], [trimestre], ventilation="provisoire"
    )
    mesures = {m: grille.lire(_CODE, contexte.zone, trimestre, m) for m in _MODALITES}
    centre = mesures["centre"]
    if not centre.lisible:
        return paragraphes([_pourquoi(contexte, trimestre, centre)])
    jour = date.fromisoformat(centre.millesime)
    passes = (jour - trimestre.debut).days + 1
    total = (trimestre.fin - trimestre.debut).days + 1
    phrases = [
        f"Provisoire : {formats.periode(trimestre)}, connu jusqu'au {formats.jour(jour)} "
        f"({passes} jours sur {total}), le taux d'occupation réel est estimé à "
        f"{centre}{entre(mesures)}.",
        f"Façon de compléter : {centre.source}.",
    ]
    if not mesures["bas"].lisible:
        phrases.append("Sans intervalle : trop peu de trimestres passés ont pu être jugés.")
    return paragraphes(phrases)


def _pourquoi(contexte: Contexte, trimestre: Periode, centre: Mesure) -> str:
    """Pourquoi le trimestre suivant n'est pas estimé."""
    quand = formats.periode(trimestre)
    if centre.masquee:
        return f"L'estimation du {quand} est masquée (secret statistique)."
    if centre.statut != ABSENT:
        return f"Trop peu de jours du {quand} sont connus pour l'estimer."
    if str(trimestre) in contexte.dossier.periodes.get("trimestre", []):
        return f"Le {quand} est déjà connu : rien à estimer."
    return f"Aucun jour du {quand} n'est encore connu : rien à estimer."
