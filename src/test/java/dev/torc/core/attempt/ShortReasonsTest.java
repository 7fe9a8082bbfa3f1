package dev.torc.core.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.features.why.Causes;
import dev.torc.front.show.ReasonText;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShortReasonsTest {

  private static final String OLD = "3f2a91c" + "0".repeat(57);
  private static final String NOW = "88d01be" + "1".repeat(57);

  private static String words(Reason reason) {
    return ReasonText.all(Causes.decode(ShortReasons.of(List.of(reason))));
  }

  @Test
  void inWordsAReasonIsWhatItWas() {
    for (Reason reason :
        List.of(
            Reason.of(Kind.NEVER_RAN),
            new Reason(Kind.FAILED, "", "", "exit 1"),
            Reason.of(Kind.MOVED, "x"),
            new Reason(Kind.NEED_CHANGED, "f2.json", OLD, NOW),
            new Reason(Kind.NEED_CHANGED, "bin/x", OLD, OLD + " executable"),
            new Reason(Kind.NEED_CHANGED, "dir/x", "link " + OLD, "missing"),
            new Reason(Kind.PRODUCT_ALTERED, "f5.json", OLD, NOW),
            new Reason(Kind.PRODUCT_ALTERED, "bin/x", OLD + " executable", OLD),
            new Reason(Kind.PRODUCT_ALTERED, "f5.json", OLD, "unreadable: no"),
            new Reason(Kind.TOOL_CHANGED, "gcc", OLD, NOW),
            new Reason(Kind.TOOL_CHANGED, "gcc", "", NOW),
            new Reason(Kind.DATA_CHANGED, "a.loss", "0.25", "0.5"),
            new Reason(Kind.DATA_CHANGED, "a.loss", "sha256 " + OLD, "sha256 " + NOW),
            new Reason(Kind.SETTING_CHANGED, "env CC", "gcc", ""),
            new Reason(Kind.SETTING_CHANGED, "command", "x".repeat(60), "x".repeat(59)),
            new Reason(Kind.PRODUCTS_DECLARED, "", "a, b", "a"),
            new Reason(Kind.ELSEWHERE, "node7", Reason.HOST, "4711"),
            new Reason(Kind.NEED_VANISHED, "data/*", "12 files", "folder data is empty"))) {
      assertEquals(ReasonText.of(reason), words(reason));
    }
  }

  @Test
  void ofLongTextsThePlaceStaysInWhichTheyDiffer() {
    String same = "python3 train.py --data /scratch/runs/2026/";
    String rest = " --out model.bin" + " --more words".repeat(9);
    Reason command =
        new Reason(Kind.SETTING_CHANGED, "command", same + "lr=0.1" + rest, same + "lr=0.2" + rest);
    assertEquals(
        "command changed: …s/2026/lr=0.1 --out model.bin --more words --more words --… → "
            + "…s/2026/lr=0.2 --out model.bin --more words --more words --…",
        words(command));
    assertEquals(
        "command changed: " + "x".repeat(59) + "… → (none)",
        words(new Reason(Kind.SETTING_CHANGED, "command", "x".repeat(99), "")));
    assertEquals(
        "need …" + "y".repeat(195) + ".csv added",
        words(Reason.of(Kind.NEED_ADDED, "x".repeat(100) + "y".repeat(195) + ".csv")));
  }

  @Test
  void onlyTheFirstAreKept() {
    List<Reason> many =
        List.of(Reason.of(Kind.FORCED), Reason.of(Kind.ALWAYS), Reason.of(Kind.NEVER_RAN));
    assertEquals("forced; always", ReasonText.all(Causes.decode(ShortReasons.of(many))));
    assertEquals(List.of(), ShortReasons.of(List.of()));
  }

  @Test
  void nothingOfItIsLongAndNoCharacterIsTornApart() {
    Random random = new Random(17);
    for (int i = 0; i < 20_000; i++) {
      Reason reason =
          new Reason(Kind.SETTING_CHANGED, text(random, 300), text(random, 90), text(random, 90));
      ManifestEntry kept = ShortReasons.of(List.of(reason)).getFirst();
      assertTrue(kept.name().length() <= ShortReasons.NAME + 1, kept::name);
      for (String text : List.of(kept.old(), kept.now())) {
        assertTrue(text.length() <= ShortReasons.TEXT + 1, text);
      }
      for (String text : List.of(kept.name(), kept.old(), kept.now())) {
        assertTrue(
            text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE), text);
      }
      assertEquals(
          reason.old().equals(reason.now()), kept.old().equals(kept.now()), reason::toString);
    }
  }

  /** A text of few kinds of characters, so that some texts begin alike. */
  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append(random.nextInt(9) > 0 ? "a" : random.nextBoolean() ? "😀" : "é");
    }
    return text.toString();
  }
}
