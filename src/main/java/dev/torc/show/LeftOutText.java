package dev.torc.show;

import dev.torc.plan.LeftOut;
import dev.torc.text.SafeText;
import java.util.List;

/** How it reads that a job went without others that failed. */
public final class LeftOutText {

  /** How many are named. */
  private static final int NAMED = 3;

  private LeftOutText() {}

  /** {@code without 3 of 100: call/s=s7, …}, of each need that left any out; empty for none. */
  public static String of(List<LeftOut> needs) {
    StringBuilder out = new StringBuilder();
    for (LeftOut left : needs) {
      List<String> names = left.jobs().stream().limit(NAMED).map(SafeText::name).toList();
      out.append(out.isEmpty() ? "without " : "; without ")
          .append(left.jobs().size() + " of " + left.of() + ": ")
          .append(String.join(", ", names))
          .append(left.jobs().size() > NAMED ? " …" : "");
    }
    return out.toString();
  }
}
