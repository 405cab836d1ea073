/// What a word of a file name asserts of the image.
package enum Assertion: Sendable, Hashable {
    /// T1, T2 or FLAIR; a model's own contrast by its lower-case name.
    case contrast(String)
    /// A sequence that usually is a T1, where nothing else names a contrast.
    case usuallyT1
    /// "fl": FLAIR where nothing else names a contrast, or next to T2.
    case usuallyFLAIR
    /// Suppressed fluid makes a T2 a FLAIR.
    case fluidSuppression
    /// Contrast agent, so clearly that nothing else has to name the T1.
    case clearAgent
    /// Contrast agent where there is a T1.
    case agent
    /// Agent in two letters, which may be somebody's initials far in front of the T1.
    case shortAgent
    /// "post": agent, unless a treatment follows or it stands far in front of the T1, where it may be a visit.
    case post
    /// "c" beside a T1: agent.
    case letterC
    /// Turns agent or brain behind it into its opposite.
    case negation
    /// What "post" may speak of instead of agent.
    case treatment
    /// Between two contrasts: one was brought onto the other.
    case connector
    /// A T1, or with T2 or alone a T2*.
    case gradientEcho
    /// Neither T1, T2 nor FLAIR, whatever contrast stands beside it.
    case otherSequence
    /// Proton density, alone or as the other echo of a T2; elsewhere it may be a disease.
    case protonDensity
    /// No MRI, where nothing else names a contrast.
    case otherModality
    /// A quantity, a probability, a template: no scan.
    case map
    case mask
    /// A mask with a digit: one of several raters' or of several lesions.
    case numberedMask
    case segmentation
    /// A lesion segmentation, with or without "mask".
    case lesion
    /// A lesion where "mask" or "seg" stands with it.
    case pathology
    /// The whole brain.
    case brain
    /// A tissue: beside a contrast its map, beside a mask not the whole brain.
    case tissue
    /// A part of the head that is not the whole brain, or a region.
    case anatomy
    /// A mask of a region to be filled.
    case regionToFill
    /// An image with a region cut out or filled.
    case inpainting
    /// Lesions were filled in.
    case filling
    /// Made by a program, not by a scanner.
    case made
    /// Says nothing: planes, readouts, fat suppression.
    case filler
}
