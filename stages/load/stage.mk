load_LIBS := -lpq
