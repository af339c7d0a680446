"""Les descripteurs : bien écrits, ou refusés en français en disant quelle clé."""

from pathlib import Path

import pytest

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurDescripteur
from rtpe_analyse.sources.descripteurs import DOSSIER

BON = """
code: essai
libelle: Essai
producteur: Essai
format: csv
espace_identifiants: essai
porte:
  nom: {alias: Nom}
  prenom: {alias: Prénom}
  naissance: {alias: Naissance}
  identifiant_enfant: {alias: Code, cle: true}
tables:
  enfants:
    colonnes:
      enfant: {porte: enfant}
      appariement: {porte: appariement}
"""
CONTRAT_SIX = {
    *("pointages_mensuels", "factures_mensuelles", "presences_jour", "presences_sans_heures"),
    *("filoue", "historique", "registre_etablissements", "registre_territoires"),
    *("registre_agrements", "registre_ouvertures", "registre_sections", "registre_enfants"),
    *("registre_familles", "registre_contrats", "registre_demandes", "presences_agents"),
}


def _charger(tmp_path: Path, texte: str) -> sources.Descripteur:
    (tmp_path / "d.yaml").write_text(texte, encoding="utf-8")
    return sources.charger_descripteur(tmp_path / "d.yaml")


def test_tous_les_descripteurs_livres_se_chargent() -> None:
    fichiers = list(DOSSIER.rglob("*.yaml"))
    connus = sources.descripteurs_connus()
    assert len(fichiers) == len(connus)
    assert set(connus) >= CONTRAT_SIX
    for code in CONTRAT_SIX:
        assert (DOSSIER / f"{code}.yaml").is_file()


FAUTES = {
    "clé inconnue": ("format: csv", "format: csv\ncouleur: bleu", "couleur : clé inconnue"),
    "clé absente": ("producteur: Essai\n", "", "producteur : clé obligatoire absente"),
    "format": ("format: csv", "format: json", "format : valeur attendue : 'csv' ou 'classeur'"),
    "code octal": ("{alias: Code,", "{alias: [01004],", "texte attendu"),
    "clé en double": ("format: csv", "format: csv\nformat: csv", "écrite deux fois"),
    "yaml mal écrit": ("format: csv", "format: [csv", "YAML mal écrit"),
    "motif": ("format: csv", "format: csv\nmillesime: '('", "mal écrite"),
    "motif sans groupe": ("format: csv", r"format: csv" + "\nmillesime: '2026'", "parenthèses"),
    "table": ("  enfants:", "  bebes:", "table « bebes » inconnue"),
    "colonne": ("appariement: {porte", "surnom: {porte", "colonnes inconnues (surnom)"),
    "deux origines": ("{porte: enfant}", "{porte: enfant, alias: X}", "une origine et une seule"),
    "ingrédient": ("  naissance: {alias: Naissance}\n", "", "demande sous `porte` : naissance"),
    "espace": ("espace_identifiants: essai\n", "", "espace_identifiants"),
    "sans clé": (", cle: true", "", "au moins une colonne `cle: true`"),
    "sortie de la porte": (
        "      appariement: {porte: appariement}",
        '      famille: {alias: "PRENOM"}',
        "ne peut pas en ressortir",
    ),
    "heures en liste": (
        "      appariement: {porte: appariement}",
        "      besoin_particulier: {alias: B, heure: [hh,mm]}",
        "valeur attendue",
    ),
    "assertion": (
        "      appariement: {porte: appariement}",
        "      besoin_particulier: {alias: B, extraire: '(?=x)(y)'}",
        "assertions",
    ),
    "gabarit": (
        "      appariement: {porte: appariement}",
        "    deplier: {colonne: besoin_particulier, groupes: {L: a}, valeurs: {famille: B}}",
        "{groupe}",
    ),
    "date sans année": ("{alias: Naissance}", "{alias: Naissance, formats: jj/mm}", "sans année"),
}


@pytest.mark.parametrize("faute", FAUTES)
def test_chaque_faute_est_dite_en_francais(tmp_path: Path, faute: str) -> None:
    avant, apres, phrase = FAUTES[faute]
    assert _charger(tmp_path, BON).code == "essai"
    assert avant in BON
    with pytest.raises(ErreurDescripteur) as erreur:
        _charger(tmp_path, BON.replace(avant, apres, 1))
    assert phrase in str(erreur.value)
    assert "d.yaml" in str(erreur.value) and erreur.value.remede


def test_l_empreinte_ignore_les_commentaires_et_voit_le_reste(tmp_path: Path) -> None:
    bon = _charger(tmp_path, BON).empreinte
    assert _charger(tmp_path, BON + "# un commentaire\n").empreinte == bon
    assert _charger(tmp_path, BON.replace("alias: Nom}", "alias: Noms}")).empreinte != bon


def test_les_formats_de_date_s_ecrivent_aussi_en_francais(tmp_path: Path) -> None:
    texte = BON.replace("{alias: Naissance}", "{alias: Naissance, formats: [jj.mm.aa, aaaa-mm-jj]}")
    naissance = _charger(tmp_path, texte).porte.naissance
    assert naissance is not None and naissance.formats == ("%d.%m.%y", "%Y-%m-%d")


def test_un_descripteur_absent(tmp_path: Path) -> None:
    with pytest.raises(ErreurDescripteur, match="ne s'ouvre pas"):
        sources.charger_descripteur(tmp_path / "rien.yaml")
    with pytest.raises(ErreurDescripteur, match="« rien » inconnue") as erreur:
        sources.charger_descripteur("rien")
    assert "pointages_mensuels" in erreur.value.remede


def test_deplier_par_variables_garde_les_absents(tmp_path: Path) -> None:
    from tests.unites.outils_sources import CLE, csv_de, fiche_de

    texte = r"""
code: public
libelle: Public
producteur: Essai
format: csv
publique: true
droits: Licence Ouverte
absents: [s, nd]
reconnaitre: ['^LIBGEO$']
tables:
  pub_communes_annee:
    colonnes:
      commune: {alias: CODGEO, cle: true}
      source: {constante: public}
    deplier:
      colonne: variable
      valeur: valeur
      annee: annee
      garder_vides: true
      variables:
        naissances: {motif: 'NAIS(?P<annee>\d{2})'}
        menages: {motif: 'MEN(?P<annee>\d{4})'}
"""
    descripteur = _charger(tmp_path, texte)
    contenu = csv_de(
        "01001;A;12;S;7;;", "01002;B;;3;nd;;", entete="CODGEO;LIBGEO;NAIS21;nais22;MEN2020;;"
    )
    fiche = fiche_de(tmp_path, "public.csv", contenu)
    lecture = sources.lire(fiche, descripteur, CLE)
    table = lecture.tables["pub_communes_annee"]
    assert lecture.lues == {"pub_communes_annee": 6}
    assert table.select("commune", "variable", "annee", "valeur").rows() == [
        ("01001", "naissances", "2021", "12"),
        ("01001", "naissances", "2022", None),
        ("01001", "menages", "2020", "7"),
        ("01002", "naissances", "2021", None),
        ("01002", "naissances", "2022", "3"),
        ("01002", "menages", "2020", None),
    ]
    assert lecture.colonnes_ignorees == ("LIBGEO",)
