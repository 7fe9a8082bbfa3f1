package dev.torc.base.text;

import java.util.Map;

/** The few colors of torc's messages, or none. */
public record Palette(boolean on) {

  public enum When {
    AUTO,
    ALWAYS,
    NEVER
  }

  public static final Palette NONE = new Palette(false);

  /**
   * Decides whether to use colors, by the first of these that applies: {@code --color}, NO_COLOR
   * (if not empty), FORCE_COLOR ({@code 0} and {@code false} mean no), CLICOLOR_FORCE (unless
   * {@code 0} or {@code false}), CLICOLOR=0, TERM=dumb, and whether the stream is a terminal.
   */
  public static Palette of(When when, Map<String, String> env, boolean terminal) {
    return new Palette(when == When.AUTO ? auto(env, terminal) : when == When.ALWAYS);
  }

  private static boolean auto(Map<String, String> env, boolean terminal) {
    if (!env.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    String force = env.getOrDefault("FORCE_COLOR", "");
    if (!force.isEmpty()) {
      return !no(force);
    }
    String cliForce = env.getOrDefault("CLICOLOR_FORCE", "");
    if (!cliForce.isEmpty() && !no(cliForce)) {
      return true;
    }
    return terminal && !"0".equals(env.get("CLICOLOR")) && !isDumb(env);
  }

  /** Returns whether the terminal knows no sequences, which holds if TERM is not set, too. */
  public static boolean isDumb(Map<String, String> env) {
    String kind = env.getOrDefault("TERM", "");
    return kind.isEmpty() || kind.equals("dumb");
  }

  private static boolean no(String value) {
    return value.equals("0") || value.equals("false");
  }

  public String red(String text) {
    return paint("31", text);
  }

  /** Colors warnings, and jobs that were blocked or interrupted. */
  public String yellow(String text) {
    return paint("33", text);
  }

  public String green(String text) {
    return paint("32", text);
  }

  /** Emphasizes names and the last line. */
  public String bold(String text) {
    return paint("1", text);
  }

  /** Dims the least important text. */
  public String dim(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
