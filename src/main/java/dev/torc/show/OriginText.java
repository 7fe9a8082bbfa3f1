package dev.torc.show;

import dev.torc.records.Origin;
import dev.torc.text.SafeText;

/** Where the result of a restored job comes from. */
public final class OriginText {

  private OriginText() {}

  /** {@code build 3}, or {@code build 3 (job old) on login1, by FOLDER}. */
  public static String of(Origin origin) {
    String job = origin.job().isEmpty() ? "" : " (job " + SafeText.name(origin.job()) + ")";
    String host = origin.host().isEmpty() ? "" : " on " + SafeText.name(origin.host());
    String store = origin.store().isEmpty() ? "" : ", by " + SafeText.name(origin.store());
    return "build " + origin.build() + job + host + store;
  }
}
