"""Ce qui demande une décision : seuils franchis, et la place pour décider."""

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, encadre


def alertes(contexte: Contexte, limite: int = 3) -> Restitution:
    """Les dépassements de seuils datés, les plus graves d'abord, `limite` au plus."""
    zones = {contexte.zone: formats.majuscule(contexte.nom)}
    trouvees = _depassements(contexte, contexte.maille, zones)
    trouvees += _depassements(contexte, "etablissement", contexte.etablissements)
    trouvees.sort(key=lambda a: (-a[0], -a[1], a[2]))
    reste = len(trouvees) - limite
    if not trouvees:
        return encadre("Aucun seuil d'alerte n'est franchi sur la période.", [])
    suite = [
        f"Et {formats.compte(reste, 'autre alerte', 'autres alertes')}, à lire dans les tableaux."
    ]
    textes = [texte for _, _, texte in trouvees[:limite]] + (suite if reste > 0 else [])
    titre = "À regarder d'abord (seuils de travail, à valider par la direction)"
    return encadre(titre, textes, alerte=True)


def a_decider() -> Restitution:
    """La liste à compléter à la main, en réunion ou sur le papier."""
    vides = "".join('<li aria-label="à compléter"></li>' for _ in range(3))
    titre = "À décider avec le responsable du service (à compléter)"
    html = (
        f'<div class="rtpe-encadre rtpe-a-remplir"><p class="rtpe-encadre-titre">{titre}</p>'
        f"<ol>{vides}</ol></div>"
    )
    return Restitution("encadre", html, titre, titre)


def _depassements(
    contexte: Contexte, maille: str, zones: dict[str, str]
) -> list[tuple[int, float, str]]:
    le = contexte.jour_de_reference
    seuils = {
        cle: float(valeur("seuils_alerte", f"{cle}_pct", le)) / 100
        for cle in ("p3_orange", "p3_rouge", "t3_anomalie", "t3_orange", "t3_rouge")
    }
    regles = (
        ("P3", 2, -1, "p3_rouge", "sur la période, le taux d'ouverture est de {}, sous {}"),
        ("P3", 1, -1, "p3_orange", "sur la période, le taux d'ouverture est de {}, sous {}"),
        ("T3", 2, 1, "t3_rouge", "sur la période, le taux de facturation est de {}, au-delà de {}"),
        (
            "T3",
            2,
            -1,
            "t3_anomalie",
            "sur la période, le taux de facturation est de {}, sous {} : donnée à expliquer",
        ),
        (
            "T3",
            1,
            1,
            "t3_orange",
            "sur la période, le taux de facturation est de {}, au-delà de {}",
        ),
    )
    grille = contexte.grille(["P3", "T3"], maille, zones, [contexte.periode])
    trouvees = []
    for zone, nom in zones.items():
        vus: set[str] = set()
        for code, gravite, cote, cle, modele in regles:
            mesure = grille.lire(code, zone, contexte.periode)
            if mesure.valeur is None or code in vus or (mesure.valeur - seuils[cle]) * cote <= 0:
                continue
            vus.add(code)
            texte = modele.format(mesure, formats.pourcentage(seuils[cle], 0))
            distance = abs(mesure.valeur - seuils[cle])
            trouvees.append((gravite, distance, f"{nom} : {texte}."))
    return trouvees
