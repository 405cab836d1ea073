/// File names as data sets and hospitals have them, and what they hold.
enum RealNames {
    static let table: [(name: String, role: String)] = [
        // OpenMS, longitudinal and not
        ("T1.nii.gz", "T1"), ("T1W.nii.gz", "T1"), ("T1POST.nii.gz", "T1Gd"), ("T1WKS.nii.gz", "T1Gd"),
        ("T1KS.nii.gz", "T1Gd"), ("T2.nii.gz", "T2"), ("T2W.nii.gz", "T2"), ("FLAIR.nii.gz", "FLAIR"),
        ("GOLD_STANDARD.nii.gz", "lesion"), ("brainmask.nii.gz", "brainmask"),
        ("patient01_consensus_gt.nii.gz", "unrecognised"),
        // BraTS 2015–2023
        ("VSD.Brain.XX.O.MR_T1.54193.nii", "T1"), ("VSD.Brain.XX.O.MR_T1c.54194.nii", "T1Gd"),
        ("VSD.Brain.XX.O.MR_Flair.54192.nii", "FLAIR"), ("Brats17_TCIA_469_1_t1ce.nii.gz", "T1Gd"),
        ("Brats18_2013_0_1_flair.nii.gz", "FLAIR"), ("BraTS20_Training_001_t1.nii", "T1"),
        ("BraTS20_Training_001_seg.nii", "lesion"), ("BraTS2021_00000_t2.nii.gz", "T2"),
        ("BraTS-GLI-00000-000-t1n.nii.gz", "T1"), ("BraTS-GLI-00000-000-t1c.nii.gz", "T1Gd"),
        ("BraTS-GLI-00000-000-t2w.nii.gz", "T2"), ("BraTS-GLI-00000-000-t2f.nii.gz", "FLAIR"),
        ("BraTS-GLI-00000-000-seg.nii.gz", "lesion"),
        // TCGA, UCSF-PDGM, UPENN-GBM, IXI, MSSEG, ISBI, WMH
        ("TCGA-DU-7294_t1c.nii.gz", "T1Gd"), ("TCGA-DU-7294_fla.nii.gz", "FLAIR"),
        ("UCSF-PDGM-0004_T1_bias.nii.gz", "T1"), ("UCSF-PDGM-0004_T1gad.nii.gz", "T1Gd"),
        ("UCSF-PDGM-0004_tumor_segmentation.nii.gz", "lesion"),
        ("UCSF-PDGM-0004_brain_segmentation.nii.gz", "brainmask"), ("UCSF-PDGM-0004_ADC.nii.gz", "unrecognised"),
        ("UPENN-GBM-00001_11_T1GD.nii.gz", "T1Gd"), ("UPENN-GBM-00001_11_segm.nii.gz", "lesion"),
        ("IXI002-Guys-0828-T1.nii.gz", "T1"), ("3DFLAIR.nii.gz", "FLAIR"), ("3DT1GADO.nii.gz", "T1Gd"),
        ("training01_01_mprage_pp.nii", "T1"), ("training01_01_pd_pp.nii", "unrecognised"), ("wmh.nii.gz", "lesion"),
        // BIDS
        ("sub-01_T1w.nii.gz", "T1"), ("sub-01_ses-1_ce-gadolinium_T1w.nii.gz", "T1Gd"),
        ("sub-01_ses-1_ce-gd_run-1_T1w.nii.gz", "T1Gd"), ("sub-01_acq-t2_T1w.nii.gz", "T1"),
        ("sub-t2flair_T2w.nii.gz", "T2"), ("sub-01_acq-3D_FLAIR.nii.gz", "FLAIR"),
        ("sub-01_space-T1w_desc-brain_mask.nii.gz", "brainmask"), ("sub-01_label-lesion_mask.nii.gz", "lesion"),
        ("sub-01_label-lesion_dseg.nii.gz", "lesion"), ("sub-01_label-WM_mask.nii.gz", "unrecognised"),
        ("sub-01_dseg.nii.gz", "unrecognised"), ("sub-01_T1map.nii.gz", "unrecognised"),
        ("sub-01_T2starw.nii.gz", "unrecognised"), ("sub-01_PDw.nii.gz", "unrecognised"),
        ("sub-01_space-MNI_desc-preproc_T2w.nii.gz", "T2"), ("sub-01_desc-imputed_FLAIR.nii.gz", "unrecognised"),
        // nnU-Net
        ("BRATS_001_0000.nii.gz", "T1"), ("case_0003.nii.gz", "FLAIR"), ("case_0004.nii.gz", "unrecognised"),
        ("case_00000.nii.gz", "unrecognised"), ("0000.nii.gz", "unrecognised"),
        // Enhanced or not, in words
        ("p_T1_post.nii.gz", "T1Gd"), ("p_T1-Gd.nii.gz", "T1Gd"), ("p_T1_axial_gadolinium.nii.gz", "T1Gd"),
        ("p_T1+C.nii.gz", "T1Gd"), ("p_post_contrast_T1.nii.gz", "T1Gd"), ("p_T1_pre_contrast.nii.gz", "T1"),
        ("p_pre_contrast_T1.nii.gz", "T1"), ("p_T1_no_gd.nii.gz", "T1"), ("p_post_op_T1.nii.gz", "T1"),
        ("p_T1_post_op.nii.gz", "T1"), ("T1Gd.nii.gz", "T1Gd"), ("T1C.nii", "T1Gd"), ("T1ce.nii", "T1Gd"),
        // Other sequences and derived images
        ("T2_FLAIR.nii.gz", "FLAIR"), ("flair-T2.nii.gz", "FLAIR"), ("T2FLAIR.nii.gz", "FLAIR"),
        ("T1_FLAIR.nii.gz", "unrecognised"), ("T2_star.nii.gz", "unrecognised"), ("T2*.nii.gz", "unrecognised"),
        ("T1_map.nii.gz", "unrecognised"), ("T1_T2_ratio.nii.gz", "unrecognised"), ("T1rho.nii.gz", "unrecognised"),
        ("PAT1.nii.gz", "unrecognised"), ("FLAIRstar.nii.gz", "unrecognised"), ("T10.nii.gz", "unrecognised"),
        ("T1_brain.nii.gz", "T1"), ("T1_brain_mask.nii.gz", "brainmask"), ("FLAIR_lesion_mask.nii.gz", "lesion"),
        ("T1_lesion_filled.nii.gz", "T1"), ("FLAIR_seg.nii.gz", "lesion"), ("aseg.nii.gz", "unrecognised"),
        ("p_FLAIR_imputed.nii.gz", "unrecognised"), ("imputed.nii.gz", "unrecognised"),
        ("p_T1_preprocessed.nii.gz", "T1"),
        ("sub-01_desc-preprocessed_T1w.nii.gz", "T1"), ("p_brainmask_preprocessed.nii.gz", "brainmask"),
        // Agent, fluid and other sequences, wherever they stand; initials that look like them
        ("T1_tra_p2_POST_GADO.nii", "T1Gd"), ("post_gad_T1.nii", "T1Gd"), ("T1_w_contrast.nii", "T1Gd"),
        ("T1_wo_contrast.nii", "T1"), ("T1_nonenhanced.nii", "T1"), ("T1_pre-Gd.nii", "T1"), ("T1pre.nii", "T1"),
        ("3D_MPRAGE_+C.nii", "T1Gd"), ("mprage_post_op.nii", "T1"), ("AX_FLAIR_POST.nii", "FLAIR"),
        ("KM_T1_tra.nii", "T1Gd"), ("KM_01_T1.nii", "unrecognised"), ("p01_post_visit2_T1.nii", "unrecognised"),
        ("FL_001_T2.nii", "T2"), ("FL_001_T1.nii", "T1"), ("T2_FL.nii", "FLAIR"), ("FL_to_T1.nii", "unrecognised"),
        ("PD_01_T1.nii", "T1"), ("PD_T2.nii", "unrecognised"), ("CT_12_T1.nii", "T1"), ("T2_darkFluid.nii", "FLAIR"),
        ("T2_flash.nii", "unrecognised"), ("T1_flash_3d.nii", "T1"), ("T2_epi.nii", "unrecognised"),
        ("gm_T1.nii", "unrecognised"), ("T1_class_prob.nii", "unrecognised"), ("rT1.nii", "unrecognised"),
        ("c1T1.nii", "unrecognised"), ("FLAIR2.nii", "FLAIR"), ("healthy_01_T1.nii", "T1"),
        ("predicted_FLAIR.nii", "unrecognised"), ("T1Gd_subtracted.nii", "unrecognised"),
        // Masks of what stands with them
        ("enhancing_tumor_mask.nii", "lesion"), ("tumorCore_mask.nii", "lesion"), ("TumorMask1.nii", "lesion"),
        ("brain_tumor_mask.nii", "lesion"), ("WM_lesion_mask.nii", "lesion"), ("mask_edema.nii", "lesion"),
        ("stroke_mask.nii", "lesion"), ("ET_mask.nii", "lesion"), ("head_mask.nii", "unrecognised"),
        ("leftHippocampusMask.nii", "unrecognised"), ("optic_nerve_mask.nii", "unrecognised"),
        ("non_brain_mask.nii", "unrecognised"), ("csf_pve_mask.nii", "unrecognised"),
        ("wholebrain_mask.nii", "brainmask"), ("skull_stripped_mask.nii", "brainmask"), ("T1_mask.nii", "brainmask"),
        ("T1.nii.gz.txt", "unrecognised"), ("T1.mgz", "unrecognised"), (".T1.nii.gz", "unrecognised"),
    ]
}
