package dev.torc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A test that guards what is shipped, not each change: it runs only with {@code -Dtorc.all}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
    named = "torc.all",
    matches = "(?!false$).*",
    disabledReason = "it guards what is shipped: -Dtorc.all runs it")
public @interface Shipping {}
