import FlatlineTool

FlatlineTool.main()
