introspect_LIBS := -lpq
