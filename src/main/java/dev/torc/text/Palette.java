package dev.torc.text;

import java.util.Map;

/** The few colors of torc's messages, or none. It knows no layout. */
public record Palette(boolean on) {

  /** What {@code --color} says. */
  public enum When {
    AUTO,
    ALWAYS,
    NEVER
  }

  /** No colors. */
  public static final Palette NONE = new Palette(false);

  /**
   * Goes by {@code --color}, then NO_COLOR (any value but the empty one), then FORCE_COLOR and
   * CLICOLOR_FORCE ({@code 0} and {@code false} say no), then CLICOLOR=0 and TERM=dumb, then
   * whether the stream is a terminal.
   *
   * @param env the caller's environment
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
    return terminal && !"0".equals(env.get("CLICOLOR")) && !"dumb".equals(env.get("TERM"));
  }

  private static boolean no(String value) {
    return value.equals("0") || value.equals("false");
  }

  /** Colors failures. */
  public String red(String text) {
    return paint("31", text);
  }

  /** Colors warnings, and what was blocked or interrupted. */
  public String yellow(String text) {
    return paint("33", text);
  }

  /** Colors what went well. */
  public String green(String text) {
    return paint("32", text);
  }

  /** Marks names and the last line. */
  public String bold(String text) {
    return paint("1", text);
  }

  /** Dims what is read last. */
  public String dim(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
