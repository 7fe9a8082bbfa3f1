package dev.torc.text;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Moments as people and as programs read them. */
public final class TimeText {

  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private TimeText() {}

  /** Returns milliseconds since 1970 as local time, {@code 2026-11-20 10:01:02}. */
  public static String local(long millis) {
    return LOCAL.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
  }

  /** Returns milliseconds since 1970 in the form of ISO 8601, in UTC. */
  public static String iso(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
