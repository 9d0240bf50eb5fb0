# eval --conn asks the loaded database the same questions
eval_LIBS := -lpq
