"""La fiche d'un établissement : qui il est, et de quoi parler avec sa directrice."""

from html import escape

from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats, phrases
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, encadre
from rtpe_analyse.restitution.pertes import premiere_hors_prevues
from rtpe_analyse.restitution.surcharges import dates_des_alertes, ecrire_date

_LIGNES_LIBRES = 2


def identite(contexte: Contexte) -> Restitution:
    """L'établissement : type, commune, territoire, ce qui lui est arrivé depuis un an."""
    fiches = contexte.zones("etablissement").to_dicts()
    fiche = next((f for f in fiches if f["zone"] == contexte.zone), None)
    if fiche is None:
        return encadre("L'identité se donne pour un établissement.", [])
    types = liste_fermee("types_etablissement")
    faits = {
        "Établissement": f"{contexte.titre} ({contexte.zone})",
        "Type d'accueil": types.get(fiche["type_accueil"] or "", ""),
        "Commune": contexte.libelle("commune", fiche["commune"] or ""),
        "Territoire": contexte.libelle("territoire", contexte.territoire),
        "Événement": contexte.evenements.get(contexte.zone, ""),
    }
    dits = {nom: texte for nom, texte in faits.items() if texte}
    lignes = "".join(
        f"<div><dt>{escape(n)}</dt><dd>{escape(t)}</dd></div>" for n, t in dits.items()
    )
    html = f'<dl class="rtpe-faits rtpe-identite">{lignes}</dl>'
    alt = " ; ".join(f"{n} : {t}" for n, t in dits.items())
    absence = _absence(contexte)
    if absence:
        html += encadre(absence, [], alerte=True).html
    return Restitution("encadre", html, f"{alt}. {absence}".strip(), contexte.titre)


def a_discuter(contexte: Contexte) -> Restitution:
    """Les points que les chiffres désignent, puis des lignes libres."""
    points = [
        p
        for p in (
            _perte(contexte),
            *_alertes(contexte),
            _facturation(contexte),
            _occupation(contexte),
        )
        if p
    ]
    lignes = "".join(f"<li>{escape(p)}</li>" for p in points)
    libres = '<li class="rtpe-ligne-libre" aria-label="à compléter"></li>' * _LIGNES_LIBRES
    titre = "À discuter avec la directrice"
    html = f'<div class="rtpe-encadre rtpe-discuter"><ul>{lignes}{libres}</ul></div>'
    return Restitution("encadre", html, " ".join([f"{titre}.", *points]), titre)


def _absence(contexte: Contexte) -> str:
    """Ce qu'il faut dire d'un établissement sans activité à montrer."""
    trio = contexte.trio(["P1", "T1"])
    places, occupation = trio["P1"][0], trio["T1"][0]
    quand = formats.au_cours(contexte.periode)
    if not places.lisible and not occupation.lisible:
        return (
            f"Pas d'activité à montrer {quand} : l'établissement n'est pas ouvert, ou rien n'est "
            "reçu."
        )
    if occupation.masquee:
        return f"L'activité est masquée {quand} (secret statistique)."
    return ""


def _perte(contexte: Contexte) -> str | None:
    perte = premiere_hors_prevues(contexte)
    if perte is None:
        return None
    return f"Première perte hors fermetures annoncées : {perte}. Que peut-on y changer ?"


def _alertes(contexte: Contexte) -> list[str]:
    dites = []
    for code, dates in dates_des_alertes(contexte).get(contexte.zone, {}).items():
        lues = [ecrire_date(code, jour, m) for jour, m in dates if m.lisible]
        if lues:
            quoi = "Surnombre" if code == "A1" else "Semaines au-delà de la capacité"
            dites.append(f"{quoi}, {formats.enumeration(lues[:3])} : que s'est-il passé ?")
    return dites


def _facturation(contexte: Contexte) -> str | None:
    taux = contexte.trio(["T3"])["T3"][0]
    if taux.valeur is None:
        return None
    orange, anomalie = (
        float(valeur("seuils_alerte", cle, contexte.jour_de_reference)) / 100
        for cle in ("t3_orange_pct", "t3_anomalie_pct")
    )
    if taux.valeur > orange:
        return f"Le taux de facturation est de {taux} : les contrats sont-ils à ajuster ?"
    if taux.valeur < anomalie:
        return f"Le taux de facturation est de {taux} : une donnée manque-t-elle ?"
    return None


def _occupation(contexte: Contexte) -> str | None:
    ici, avant, _ = contexte.trio(["T1"])["T1"]
    if phrases.sens(ici, avant) != -1:
        return None
    return f"L'occupation réelle ({ici}) est {phrases.variation(ici, avant)} sur un an : pourquoi ?"
