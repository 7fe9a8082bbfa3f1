package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReasonTextTest {

  static final String OLD = "3f2a91c" + "0".repeat(57);
  static final String NOW = "88d01be" + "1".repeat(57);

  @Test
  void everyReasonOfRule1HasItsWords() {
    String said =
        Stream.of(
                Reason.of(Kind.NEVER_RAN),
                new Reason(Kind.FAILED, "", "", "exit 1"),
                Reason.of(Kind.FAILED),
                Reason.of(Kind.TIMED_OUT),
                Reason.of(Kind.OUT_OF_MEMORY),
                Reason.of(Kind.INTERRUPTED),
                Reason.of(Kind.MOVED, "x"),
                new Reason(Kind.NEED_CHANGED, "f2.json", OLD, NOW),
                Reason.of(Kind.NEED_ADDED, "x"),
                Reason.of(Kind.NEED_REMOVED, "x"),
                new Reason(Kind.SETTING_CHANGED, "command", "cc a.c", "cc -O2 a.c"),
                new Reason(Kind.SETTING_CHANGED, "env CC", "gcc", "clang"),
                new Reason(Kind.SETTING_CHANGED, "env CC", "", "clang"),
                new Reason(Kind.SETTING_CHANGED, "env CC", "gcc", ""),
                new Reason(Kind.SETTING_CHANGED, "depfile", "", "a.d"),
                Reason.of(Kind.SETTING_CHANGED, "order of needs"),
                Reason.of(Kind.PRODUCT_MISSING, "f5.json"),
                Reason.of(Kind.PRODUCT_ALTERED, "f5.json"),
                new Reason(Kind.PRODUCT_ALTERED, "f5.json", OLD, NOW),
                new Reason(Kind.PRODUCT_ALTERED, "f5.json", OLD, "unreadable: no"),
                new Reason(Kind.PRODUCT_ALTERED, "bin/x", OLD + " executable", OLD),
                new Reason(Kind.PRODUCT_ALTERED, "bin/x", OLD, OLD + " executable"),
                new Reason(Kind.NEED_CHANGED, "bin/x", OLD, OLD + " executable"),
                new Reason(Kind.PRODUCTS_DECLARED, "", "a, b", "a"),
                Reason.of(Kind.ALWAYS),
                Reason.of(Kind.FORCED))
            .map(ReasonText::of)
            .collect(Collectors.joining("\n"));
    assertEquals(
        """
        first run
        failed last time (exit 1)
        failed last time
        timed out last time
        ran out of memory last time
        was interrupted last time
        need x changed while the job was running last time
        need f2.json changed 3f2a91c → 88d01be
        need x added
        need x removed
        command changed: cc a.c → cc -O2 a.c
        env CC changed: gcc → clang
        env CC changed: (unset) → clang
        env CC changed: gcc → (unset)
        depfile changed: (none) → a.d
        order of needs changed
        product f5.json missing
        product f5.json modified
        product f5.json modified
        product f5.json modified
        product bin/x modified: 3f2a91c executable → 3f2a91c
        product bin/x modified: 3f2a91c → 3f2a91c executable
        need bin/x changed 3f2a91c → 3f2a91c executable
        declared products changed: a, b → a
        always
        forced\
        """,
        said);
  }

  @Test
  void missingThingsAreCountedByKind() {
    Map<Kind, String> words =
        Map.of(
            Kind.NEED_UNREADABLE, "need cannot be read: a and 1 more",
            Kind.NEED_VANISHED, "need matches nothing: a and 1 more",
            Kind.NEED_MISSING, "need missing: a and 1 more",
            Kind.NEED_LEFTOVER, "need is a leftover: a and 1 more",
            Kind.IMAGE_UNAVAILABLE, "image not available: a and 1 more",
            Kind.ELSEWHERE, "may still be running elsewhere: a and 1 more");
    words.forEach(
        (kind, said) -> {
          List<Reason> both =
              List.of(new Reason(kind, "a", "", "1"), new Reason(kind, "b", "", "2"));
          assertEquals(said, ReasonText.together(both.stream().map(List::of).toList()));
        });
  }

  @Test
  void ofALongCommandThePartThatDiffersIsShown() {
    String start = "python3 train.py --data data/all.csv --epochs 100 ";
    assertEquals(
        "command changed: … --epochs 100 --lr 0.1 --out model.bin → … --epochs 100 --lr 0.01 --out"
            + " model.bin",
        ReasonText.of(
            new Reason(
                Kind.SETTING_CHANGED,
                "command",
                start + "--lr 0.1 --out model.bin",
                start + "--lr 0.01 --out model.bin")));
  }

  @Test
  void aLongDifferenceIsShortenedInTheMiddle() {
    TextDiff both = TextDiff.of("a".repeat(500), "b".repeat(500));
    assertEquals("a".repeat(30) + "…" + "a".repeat(29), both.old());
    assertEquals("b".repeat(30) + "…" + "b".repeat(29), both.now());
  }

  @Test
  void aCommandOfSeveralLinesIsOneLine() {
    assertEquals(
        "command changed: a ⏎ b → a ⏎ c",
        ReasonText.of(new Reason(Kind.SETTING_CHANGED, "command", "a\nb", "a\nc")));
  }

  @Test
  void aNameWithALineFeedStaysOnOneLine() {
    assertEquals("need $'a\\nb' added", ReasonText.of(Reason.of(Kind.NEED_ADDED, "a\nb")));
  }

  @Test
  void ofManyNeedsTheFirstAreNamedAndNoOtherReasonIsHidden() {
    List<Reason> reasons = new ArrayList<>();
    for (int i = 1; i <= 17; i++) {
      reasons.add(Reason.of(Kind.NEED_ADDED, "n" + i));
    }
    reasons.add(Reason.of(Kind.PRODUCT_MISSING, "p"));
    assertEquals(
        "need n1 added; need n2 added; need n3 added; need n4 added; need n5 added;"
            + " …and 12 more needs; product p missing",
        ReasonText.brief(reasons));
    assertTrue(ReasonText.all(reasons).contains("need n17 added"));
    assertEquals(ReasonText.all(reasons.subList(0, 6)), ReasonText.brief(reasons.subList(0, 6)));
  }

  @Test
  void theDigestOfAMemberIsShortenedBesideItsWords() {
    assertEquals(
        "need d/run changed " + OLD.substring(0, 7) + " → " + OLD.substring(0, 7) + " executable",
        ReasonText.of(new Reason(Kind.NEED_CHANGED, "d/run", OLD, OLD + " executable")));
    assertEquals(
        "need d/to changed link " + OLD.substring(0, 7) + " → folder",
        ReasonText.of(new Reason(Kind.NEED_CHANGED, "d/to", "link " + OLD, "folder")));
  }
}
