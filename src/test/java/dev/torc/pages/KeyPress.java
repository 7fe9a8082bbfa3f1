package dev.torc.pages;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One press of a key as the DevTools protocol describes it. Keys have the names of {@code
 * KeyboardEvent.key}, the blank is {@code Space} too, modifiers stand before: {@code a}, {@code
 * Tab}, {@code Shift+Tab}, {@code Control+Home}.
 *
 * @param key its name in the page
 * @param code the name of its place on the keyboard, empty where tests need none
 * @param number the one that browsers give it, 0 where tests need none
 * @param text what it types, empty for none
 */
record KeyPress(String key, String code, int number, String text, int modifiers) {

  private static final Map<String, Integer> NAMED =
      Map.ofEntries(
          Map.entry("Backspace", 8),
          Map.entry("Tab", 9),
          Map.entry("Enter", 13),
          Map.entry("Escape", 27),
          Map.entry("Space", 32),
          Map.entry("PageUp", 33),
          Map.entry("PageDown", 34),
          Map.entry("End", 35),
          Map.entry("Home", 36),
          Map.entry("ArrowLeft", 37),
          Map.entry("ArrowUp", 38),
          Map.entry("ArrowRight", 39),
          Map.entry("ArrowDown", 40),
          Map.entry("Delete", 46));

  /** In the order of their bits. */
  private static final List<String> MODIFIERS = List.of("Alt+", "Control+", "Meta+", "Shift+");

  private static final int SHIFT = 8;

  /** The press of the key with a name, such as {@code Shift+Tab}. */
  static KeyPress of(String name) {
    String key = name;
    int modifiers = 0;
    for (int i = 0; i < MODIFIERS.size(); i++) {
      if (key.startsWith(MODIFIERS.get(i))) {
        key = key.substring(MODIFIERS.get(i).length());
        modifiers |= 1 << i;
      }
    }
    boolean types = (modifiers & ~SHIFT) == 0;
    if (key.equals("Space") || key.equals(" ")) {
      return new KeyPress(" ", "Space", NAMED.get("Space"), types ? " " : "", modifiers);
    }
    if (NAMED.containsKey(key)) {
      String text = key.equals("Enter") && types ? "\r" : "";
      return new KeyPress(key, key, NAMED.get(key), text, modifiers);
    }
    if (key.codePointCount(0, key.length()) != 1) {
      throw new IllegalArgumentException("no such key: " + name);
    }
    String code = key.matches("[a-zA-Z]") ? "Key" : key.matches("[0-9]") ? "Digit" : "";
    char upper = Character.toUpperCase(key.charAt(0));
    return code.isEmpty()
        ? new KeyPress(key, "", 0, types ? key : "", modifiers)
        : new KeyPress(key, code + upper, upper, types ? key : "", modifiers);
  }

  /** The parameters of two calls of {@code Input.dispatchKeyEvent}: the key goes down, then up. */
  List<Map<String, Object>> events() {
    Map<String, Object> up = new HashMap<>();
    up.put("type", "keyUp");
    up.put("key", key);
    up.put("code", code);
    up.put("windowsVirtualKeyCode", number);
    up.put("modifiers", modifiers);
    Map<String, Object> down = new HashMap<>(up);
    down.put("type", text.isEmpty() ? "rawKeyDown" : "keyDown");
    down.put("text", text);
    return List.of(down, up);
  }
}
