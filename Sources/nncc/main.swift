import NNCommands

Tool.nncc.runAndExit()
