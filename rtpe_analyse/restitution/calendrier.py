"""Ce que le calendrier change à lui seul : jours ouvrés, fériés, vacances scolaires."""

from dataclasses import dataclass
from datetime import date, timedelta

from rtpe_analyse.modeles import Periode
from rtpe_analyse.reglementation import calendrier_ferie, zone_scolaire
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

_SAMEDI = 6
_SANS_ZONE = (
    "Vacances scolaires non comptées : ce département n'a pas de zone A, B ou C connue (en Corse "
    "et outre-mer, le recteur fixe le calendrier)."
)


@dataclass(frozen=True)
class Jours:
    """Les jours d'une période, du lundi au vendredi.

    Attributes:
        semaine: jours de semaine.
        feries: ceux qui sont fériés.
        vacances: jours ouvrés pendant les vacances scolaires ; absent si le calendrier
            scolaire de l'année ou la zone ne sont pas connus.
    """

    semaine: int
    feries: int
    vacances: int | None

    @property
    def ouvres(self) -> int:
        """Jours de semaine non fériés."""
        return self.semaine - self.feries


def compter_jours(periode: Periode, zone: str | None, feries: str = "Métropole") -> Jours:
    """Compte les jours d'une période.

    Args:
        periode: mois ou trimestre, dans l'année scolaire civile qu'il dit.
        zone: zone des vacances scolaires (A, B ou C) ; absente si elle n'est pas connue.
        feries: calendrier des jours fériés (« Alsace-Moselle »…).

    Returns:
        Les comptes. Sources : jours fériés légaux (code du travail, L. 3133-1) et calendrier
        scolaire officiel, par les bibliothèques `jours-feries-france` et
        `vacances-scolaires-france`.
    """
    from jours_feries_france import JoursFeries

    total = (periode.fin - periode.debut).days + 1
    semaine = [
        jour
        for jour in (periode.debut + timedelta(n) for n in range(total))
        if jour.isoweekday() < _SAMEDI
    ]
    chomes = set(JoursFeries.for_year(periode.annee, feries).values())
    ouvres = [jour for jour in semaine if jour not in chomes]
    vacances = None if zone is None else _vacances(periode.annee, zone)
    return Jours(
        len(semaine),
        len(semaine) - len(ouvres),
        None if vacances is None else sum(jour in vacances for jour in ouvres),
    )


def calendrier(contexte: Contexte) -> Restitution:
    """Tableau : jours ouvrés, fériés et de vacances, à côté de la même période de l'an dernier."""
    zone = zone_scolaire(contexte.departement, contexte.jour_de_reference)
    feries = calendrier_ferie(contexte.departement, contexte.jour_de_reference)
    periodes = (contexte.periode, contexte.periode.an_dernier)
    ici, avant = (compter_jours(p, zone, feries) for p in periodes)
    comptes = [
        ("Jours de semaine", ici.semaine, avant.semaine),
        ("Jours fériés en semaine", ici.feries, avant.feries),
        ("Jours ouvrés", ici.ouvres, avant.ouvres),
        (
            f"Jours ouvrés de vacances scolaires (zone {zone or 'inconnue'})",
            ici.vacances,
            avant.vacances,
        ),
    ]
    titre = f"Le calendrier, {formats.periode(contexte.periode)} : {_conclusion(ici, avant)}"
    colonnes = [
        Colonne(formats.periode_courte(contexte.periode), "jours"),
        Colonne(formats.periode_courte(contexte.periode.an_dernier), "jours"),
        Colonne("sur 1 an", "jours"),
    ]
    lignes = [Ligne(nom, [_case(a), _case(b), _ecart(a, b)]) for nom, a, b in comptes]
    note = (
        "Un jour ouvré de plus ajoute des heures au numérateur et au dénominateur d'un taux ; un "
        "jour de vacances de plus, surtout des absences."
    )
    notes = [note] if zone else [note, _SANS_ZONE]
    return Tableau(titre, "Jours", colonnes, lignes, notes).rendre()


def _vacances(annee: int, zone: str) -> set[date] | None:
    from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

    try:
        return set(SchoolHolidayDates().holidays_for_year_and_zone(annee, zone))
    except UnsupportedYearException:
        return None


def _conclusion(ici: Jours, avant: Jours) -> str:
    dites = [_de_plus(ici.ouvres - avant.ouvres, "jour ouvré", "jours ouvrés")]
    if ici.vacances is not None and avant.vacances is not None:
        ecart = ici.vacances - avant.vacances
        dites.append(_de_plus(ecart, "jour de vacances", "jours de vacances"))
    return f"{formats.enumeration(dites)} sur un an"


def _de_plus(ecart: int, singulier: str, pluriel: str) -> str:
    if not ecart:
        return f"autant de {pluriel}"
    nom = formats.compte(abs(ecart), singulier, pluriel)
    return f"{nom} de {'plus' if ecart > 0 else 'moins'}"


def _case(nombre: int | None) -> Cellule:
    if nombre is None:
        return Cellule(signe=formats.SIGNE_ABSENT)
    return Cellule(formats.nombre(nombre))


def _ecart(ici: int | None, avant: int | None) -> Cellule:
    if ici is None or avant is None:
        return Cellule(signe=formats.SIGNE_ABSENT)
    return Cellule(formats.avec_signe(ici - avant))
