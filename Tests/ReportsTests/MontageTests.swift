import TestSupport
import Reports
import Testing
import Volumes

@Suite struct MontageTests {
    @Test func quickLookShowsThreePlanesPerVolume() throws {
        let head = Phantom.head()
        let one = try #require(PNGDecoder(QuickLook.png([("T1", head)])))
        let two = try #require(PNGDecoder(QuickLook.png([("T1", head), ("FLAIR", head)])))
        #expect(two.height == one.height && two.width > 3 * one.width / 2)
        #expect(one.height > 2 * one.width)
        // Title ink above the first picture, none at the very top.
        #expect(one.ink(x: 0..<one.width, y: 6..<22) > 0)
        #expect(one.ink(x: 0..<one.width, y: 0..<4) == 0)
        #expect(QuickLook.png([("T1", head)]) != QuickLook.png([("T2", head)]))
    }

    @Test func anyTitleAndAnyContentGiveAPicture() {
        let titles = ["", "a very long title that cannot fit over any column of pictures", "größe 脳 \u{202E}\n\0", "🧠"]
        let empty = SyntheticVolumes.volume(SyntheticVolumes.grid([1, 1, 1])) { _, _, _ in .nan }
        for title in titles {
            #expect(PNGDecoder(QuickLook.png([(title, empty), (title, Phantom.head(size: 8))])) != nil)
        }
    }

    @Test func galleryHasOneTilePerColumnAndSlice() throws {
        let head = Phantom.head(size: 48)
        let without = SliceGallery(contrast: "T2", inputs: [("T1", head), ("FLAIR", head)], imputed: head)
        #expect(without.columns == ["T1", "FLAIR", "T2 imputed"] && !without.hasError)
        let with = SliceGallery(
            contrast: "T2", inputs: [("T1", head)], imputed: head, truth: head, brain: head, slices: 3, side: 190)
        #expect(with.columns == ["T1", "T2 imputed", "T2 acquired", "Absolute error"] && with.hasError)
        #expect(with.rows.count == 3 && with.rows.allSatisfy { $0.tiles.count == 4 })
        // The ball's radius is 21.6; sections of 55 % of the largest reach 14.5 from its centre: slices 9…38.
        #expect(with.rows.map(\.title) == ["z = 34 mm", "z = 24 mm", "z = 14 mm"])
        for tile in with.rows.flatMap(\.tiles) {
            let picture = try #require(PNGDecoder(Array(tile.png)))
            #expect(picture.width == tile.width && picture.height == tile.height && max(tile.width, tile.height) == 190)
        }
        // No error anywhere: the darkest colour everywhere.
        let error = try #require(PNGDecoder(Array(with.rows[0].tiles[3].png)))
        #expect(Set(error.rgb) == Set(ColourMap.inferno.prefix(3)))
    }
}
