/// The words by which file names tell what kind of image they hold: one table, read by `NameWords`, judged by
/// `NameRules`.
package enum ContrastVocabulary {
    /// Words by what they assert. `dark_fluid` are two words side by side; words run together (`gdT1`, `tumorMask`) are
    /// taken apart.
    static let table: [(Assertion, String)] = [
        (.contrast("T1"), "t1 t1w t1n st1w et1w mprage mp_rage unit1 uniden"),
        (.contrast("T2"), "t2 t2w st2w et2w"),
        (.contrast("FLAIR"), "flair flairw fla t2f eflair"),
        (.usuallyT1, "spgr fspgr bravo tfe vibe thrive mpr_1 mpr_2 mpr_3 mpr_4 mpr_gradwarp mt1_gradwarp mp2rage"),
        (.usuallyFLAIR, "fl"),
        (
            .fluidSuppression,
            "dark_fluid darkfluid da_fl dafl tirm t2fl fluid_attenuated fluidattenuated fluid_suppressed csf_suppressed"
        ),
        (
            .clearAgent,
            """
            gd gad gado gadolinium postcontrast post_contrast postgd postgad postgado postcon gadovist gadavist
            gadobutrol dotarem gadoterate clariscan magnevist multihance prohance omniscan +_c c_+ +_gd gd_+ ce_+
            contrast_enhanced with_contrast gadolinio
            """
        ),
        (.agent, "contrast contrasted enhanced enh kontrast kontrastmittel contraste contrasto"),
        (.shortAgent, "ce ks km"),
        (.post, "post"),
        (.letterC, "c"),
        (
            .negation,
            "pre no non not without wo w_o native nativ plain unenhanced inverse outside ohne sans sin senza"
        ),
        (
            .treatment,
            """
            op operative surgery surgical treatment tx rt chemo therapy radiation radiotherapy resection biopsy
            process processed processing injury mortem
            """
        ),
        (.connector, "to in into on onto 2 reg registered coreg coregistered aligned warped"),
        (.gradientEcho, "gre ffe fl2d fl3d flash hemo haemo fgre mpgr medic"),
        (
            .otherSequence,
            """
            swi swan t2* t2star t2starw t2s t2_star t2w_star t2_starw flair_star flairstar stir dwi dti adc epi bold
            fmri asl perf perfusion pwi dsc dce cbf cbv rcbv mtt ttp tmax ktrans trace tracew mra mrv tof angio
            venography mrs csi spectro localizer localiser scout survey phase ph imaginary qsm minip mip ciss fiesta
            dir psir cest inv1 inv2 dyn dynamic fieldmap b0 b1000 mtr diff diffusion susceptibility kurtosis dki noddi
            ivim tensor tractography flow cine sbref pcasl pasl fgatir
            """
        ),
        (.protonDensity, "pd pdw proton dp"),
        (.otherModality, "ct cta pet spect us"),
        (
            .map,
            """
            map maps mapping rho relaxation relaxometry quantitative ratio pve prob probseg probmap probability
            posterior posteriors mixeltype pveseg biasfield bias_field warp warpfield jacobian deformation template
            atlas subtraction subtracted t1sub difference b1map t1_images nonlin_field nonlin_coeff nonlin_jac
            fast_bias fast_totbias fast_seg aseg aparc wmparc ribbon parc parcellation synthseg tissue tissues
            """
        ),
        (.mask, "mask masks msk"),
        (.segmentation, "seg segm segs segmentation segmentations dseg truth groundtruth ground_truth"),
        (.lesion, "lesion lesions wmh gold_standard gtv glistrboost"),
        (
            .pathology,
            """
            tumor tumour tumors tumours edema oedema necrosis necrotic enhancing enhancement core cavity infarct
            stroke metastasis metastases wml wmls et tc wt ed ncr ncet netc cet ctv bianca haemorrhage hemorrhage
            aneurysm abnormality bleed microbleed microbleeds hematoma haematoma cyst nodule abscess penumbra
            peritumoral perilesional recurrence residual lacune lacunes metastatic hyperintensity hyperintensities
            plaque plaques
            """
        ),
        (
            .brain,
            """
            brain bet hdbet hd_bet synthstrip robex skullstrip skullstripped skull_strip skull_stripped
            skull_stripping stripped icv tiv intracranial
            """
        ),
        (.tissue, "csf wm gm white_matter grey_matter gray_matter whitematter graymatter greymatter"),
        (
            .anatomy,
            """
            matter white gray grey ventricle ventricles ventricular vent cortex cortical subcortical subcort inskull
            outskull outskin hippocampus hippocampi hippocampal thalamus thalami amygdala cerebellum cerebellar
            cerebrum brainstem stem skull head scalp face deface defaced defacing eye eyes orbit orbits bone vessel
            vessels artery arteries vein veins cord spine spinal parenchyma parenchymal hemisphere left right lh rh
            lobe frontal temporal parietal occipital insula basal putamen caudate pallidum callosum corpus pons
            midbrain nucleus nuclei deep choroid plexus meninges dura air skin muscle body nose neck pituitary chiasm
            nerve nerves roi region regions fov premask background foreground noise artefact artifact valid sampling
            cost weight optic tract tracts bundle fornix cingulum cingulate liver lung kidney
            """
        ),
        (.regionToFill, "mask_healthy mask_unhealthy healthy_mask unhealthy_mask"),
        (.inpainting, "voided void inpaint inpainting inpainted"),
        (.filling, "filled filling"),
        (
            .made,
            """
            imputed synthesized synthesised synthetic synth predicted prediction pred inference generated fake synthsr
            """
        ),
        (
            .filler,
            """
            ax axial whole
            wip sag sagittal cor coronal tra trans transverse transversal 3d 2d iso isotropic se tse fse frfse
            spc space cube vista dixon blade propeller with iv agent fs fatsat fat sat spir spair bb hr highres mr mri
            weighted wi p2 p3 sense grappa anat img image orig ir mpr manual star mit avec con extraction extracted
            final binary bin auto phase_a_p
            """
        ),
    ]

    /// What each word or phrase asserts; words of a phrase are joined by blanks. The first row with a word counts.
    static let assertions: [String: Assertion] = {
        let pairs = table.flatMap { assertion, words in
            words.split { $0 == " " || $0 == "\n" }.map { (String($0).replacing("_", with: " "), assertion) }
        }
        return Dictionary(pairs) { first, _ in first }
    }()

    /// Words too short or too common to be found inside of others.
    static let wholeOnly: Set<String> = [
        "fl", "2", "to", "in", "on", "op", "et", "tc", "wt", "ed", "ph", "pd", "dp", "lh", "rh", "ct", "b0",
        "ir", "se", "wo", "pet", "us", "dir", "air", "void", "tx", "rt", "con", "sin", "mit",
        "bin",
    ]

    /// BIDS parts of a complex image that are not its magnitude.
    static let partsNotMagnitude: Set<String> = ["phase", "real", "imag"]
    /// Values of BIDS' `space` that mean the subject's own space.
    static let ownSpaces: Set<String> = [
        "t1w", "t2w", "flair", "t1", "t2", "t1gd", "orig", "native", "individual", "subject", "anat",
    ]

    /// Name of the contrast that a model's own name for it stands for, e.g. "t1c" → "T1Gd"; other names stay.
    package static func canonical(_ modelContrast: String) -> String {
        let name = ImageName(modelContrast)
        guard name.tokens.count == 1, case .contrast(let contrast, _) = NameRules.contrast(name, extra: []) else {
            return modelContrast
        }
        return contrast
    }

    /// Which of some contrasts a name means: that name, regardless of case, or by what it stands for, e.g. "t1ce" for T1Gd.
    /// - Returns: nil for a name that means none of them.
    package static func name(_ name: String, among contrasts: [String]) -> String? {
        let canonical = canonical(name).lowercased()
        return contrasts.first { $0 == name } ?? contrasts.first { $0.lowercased() == name.lowercased() }
            ?? contrasts.first { self.canonical($0).lowercased() == canonical }
    }
}
