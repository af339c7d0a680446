"""B7, classe : les zones de même profil ensemble, et personne d'imputé."""

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from tests.specifications.outils import ligne_de, valeur_de
from tests.specifications.publics_indice import avec_indice, iris
from tests.specifications.publics_typologie import (
    CODES,
    COMMUNES,
    GROUPE_DE,
    avec_typologie,
    une_commune,
)

ZONE = {"periode": "2022", "ventilation": ""}


def classes(table, codes=CODES):
    return {c: valeur_de(table, "B7", c, **ZONE) for c in codes}


def test_trois_groupes_francs_font_trois_classes(tmp_path):
    obtenues = classes(avec_typologie(tmp_path).calculer("typologie"))
    for groupe in range(3):
        siennes = {obtenues[c] for c, g in GROUPE_DE.items() if g == groupe}
        assert len(siennes) == 1
    assert set(obtenues.values()) == {1, 2, 3}


def test_l_effectif_de_chaque_classe_est_dit_au_departement(tmp_path):
    table = avec_typologie(tmp_path).calculer("typologie")
    for numero in "123":
        ligne = {"periode": "2022", "ventilation": "commune_classe", "modalite": numero}
        assert valeur_de(table, "B7", "99", **ligne) == 8


def test_une_commune_incomplete_n_est_pas_classee(tmp_path):
    trouee = une_commune(0, places_eaje=None)
    table = avec_typologie(tmp_path, [trouee, *COMMUNES[1:]]).calculer("typologie")
    ligne = ligne_de(table, "B7", CODES[0], **ZONE)
    assert (ligne["valeur"], ligne["statut"]) == (None, "non_calculable")
    assert len({v for c, v in classes(table, CODES[1:]).items() if GROUPE_DE[c] == 0}) == 1


def test_une_variable_que_personne_ne_publie_ne_prive_pas_des_autres(tmp_path):
    sans = [{**c, "taux_pauvrete_pct": None} for c in COMMUNES]
    obtenues = classes(avec_typologie(tmp_path, sans).calculer("typologie"))
    assert set(obtenues.values()) == {1, 2, 3}


def test_trop_peu_de_communes_n_ont_pas_de_classe(tmp_path):
    table = avec_typologie(tmp_path, COMMUNES[:15]).calculer("typologie")
    assert set(table["statut"]) == {"non_calculable"}
    assert set(table["indicateur"]) == {"B7"}


def test_un_departement_d_une_commune(tmp_path):
    table = avec_typologie(tmp_path, COMMUNES[:1]).calculer("typologie")
    assert set(table["statut"]) == {"non_calculable"}


def test_des_communes_toutes_semblables_n_ont_pas_de_classe(tmp_path):
    pareilles = [{**COMMUNES[0], "commune": c} for c in CODES]
    table = avec_typologie(tmp_path, pareilles).calculer("typologie")
    assert set(table["statut"]) == {"non_calculable"}


def test_a_l_iris(tmp_path):
    lignes = [
        iris(f"99001{n:04d}", 5 + 12 * (n // 20), taux_pauvrete_pct=8 + 15 * (n // 20) + n % 3)
        for n in range(40)
    ]
    table = avec_indice(tmp_path, COMMUNES, lignes, []).calculer("typologie")
    obtenues = [valeur_de(table, "B7", x["iris"], maille="iris", **ZONE) for x in lignes]
    # Deux groupes de vingt : aucune classe ne mêle l'un et l'autre.
    assert not set(obtenues[:20]) & set(obtenues[20:])


def test_egale_un_calcul_independant_de_scipy(tmp_path):
    """Mêmes classes que Ward sur les variables réduites, ici toutes gardées par les axes."""
    table = avec_typologie(tmp_path).calculer("typologie")
    variables = np.array(
        [[c["menages_monoparentaux"], c["taux_pauvrete_pct"], c["places_eaje"]] for c in COMMUNES],
        dtype=float,
    )
    reduites = (variables - variables.mean(0)) / variables.std(0)
    attendues = fcluster(linkage(reduites, "ward"), 3, "maxclust")
    assert adjusted_rand_score(attendues, list(classes(table).values())) == 1


def test_deux_calculs_donnent_les_memes_octets(tmp_path):
    jeu = avec_typologie(tmp_path)
    assert jeu.calculer("typologie").equals(jeu.calculer("typologie"))


def test_mutation_une_commune_qui_change_de_profil_change_de_classe(tmp_path):
    avant = classes(avec_typologie(tmp_path / "avant").calculer("typologie"))
    precaire = {**COMMUNES[23], "commune": CODES[0]}
    apres = classes(
        avec_typologie(tmp_path / "apres", [precaire, *COMMUNES[1:]]).calculer("typologie")
    )
    assert avant[CODES[0]] == avant[CODES[1]]
    assert apres[CODES[0]] == apres[CODES[23]] != apres[CODES[1]]
